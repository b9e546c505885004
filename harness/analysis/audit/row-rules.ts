import { formatNumber, formatShare, formatUs, US_PER_S } from '../../base/units.ts';
import { PERCENTILE_MIN_SAMPLES } from '../../model/metric.ts';
import type { AuditRule } from './finding.ts';
import type { PublishedRow } from './published-row.ts';

export type RowRule = readonly [AuditRule, (row: PublishedRow) => string | null];

/** What one row of foreign figures must satisfy on its own. */
export const ROW_RULES: readonly RowRule[] = [
  ['LITTLES_LAW', littlesLaw],
  ['PERCENTILE_EQUALS_MEAN', percentileEqualsMean],
  ['PERCENTILE_ORDER', percentileOrder],
  ['RATE_MISMATCH', rateMismatch],
  ['ERRORS_AS_SUCCESS', errorsAsSuccess],
  ['TOO_FEW_SAMPLES', tooFewSamples],
];

/** Foreign tools do not say how long they think between requests, or where their window ends. */
export const LITTLE_TOLERANCE = 0.1;
/** Three printed digits put two values off by 0.5 % each. */
const ROUNDING = 0.99;

/**
 * Little's law (1961): rate x mean latency is the number in flight. A closed loop holds at most its connections times
 * its pipelining in flight, and hardly fewer. Below, only a mean that is far too small is reported, since connections
 * may idle in the tool; an open loop has only the upper bound.
 */
function littlesLaw({ rps, connections, pipelining, latencyUs, loop }: PublishedRow): string | null {
  const { mean, resolutionUs } = latencyUs;
  if (rps === null || mean === null || connections === null) return null;
  const places = connections * pipelining;
  const inFlight = (rps * mean) / US_PER_S;
  const uncertainty = (rps * resolutionUs) / US_PER_S;
  const arithmetic = `${formatNumber(rps)} req/s x ${formatUs(mean)} = ${formatNumber(inFlight)} in flight, over ${places} places`;
  if (inFlight - uncertainty > places * (1 + LITTLE_TOLERANCE)) return `${arithmetic}: more than there are`;
  const low = inFlight + uncertainty < (places - 1) * (1 - 2 * LITTLE_TOLERANCE);
  return loop === 'closed' && low
    ? `${arithmetic}: latency, rate or connections are not what they say`
    : null;
}

/** A percentile of 99 equals the mean only where every latency is the same, which no server manages. */
function percentileEqualsMean({ latencyUs }: PublishedRow): string | null {
  const p99 = latencyUs.percentiles.find(([percentile]) => percentile === 99)?.[1];
  if (p99 === undefined || latencyUs.mean === null || p99 <= 0 || p99 !== latencyUs.mean) return null;
  // Both in the last digit of a coarse clock is rounding, not identity.
  if (p99 <= 4 * latencyUs.resolutionUs) return null;
  return `p99 = mean = ${formatUs(p99)}: one of them was never measured`;
}

function percentileOrder({ latencyUs }: PublishedRow): string | null {
  const { min, mean, max, percentiles, resolutionUs } = latencyUs;
  const steps: (readonly [string, number])[] = percentiles.map(([p, us]) => [`p${p}`, us]);
  if (min !== null) steps.unshift(['min', min]);
  if (max !== null) steps.push(['max', max]);
  const slack = 2 * resolutionUs;
  for (const [i, [label, us]] of steps.entries()) {
    const previous = steps[i - 1];
    if (previous !== undefined && us + slack < previous[1] * ROUNDING) {
      return `${label} ${formatUs(us)} is below ${previous[0]} ${formatUs(previous[1])}`;
    }
  }
  if (mean !== null && max !== null && mean * ROUNDING > max + slack) {
    return `mean ${formatUs(mean)} is above max ${formatUs(max)}`;
  }
  return mean !== null && min !== null && mean + slack < min * ROUNDING
    ? `mean ${formatUs(mean)} is below min ${formatUs(min)}`
    : null;
}

/**
 * Rate x duration is a count. Which one, tools do not agree on: all responses, the good ones, or all requests; the rate
 * must fit one of them. Durations are printed to a tenth of a second at the least, and tools stop up to 2 % late.
 */
function rateMismatch({
  rps,
  responses,
  durationS,
  errorResponses,
  failedRequests,
}: PublishedRow): string | null {
  if (rps === null || responses === null || durationS === null || durationS <= 0 || rps <= 0) return null;
  const counts = [responses, responses - (errorResponses ?? 0), responses + (failedRequests ?? 0)];
  const offs = counts.map((count) => Math.abs(rps - count / durationS) / Math.max(rps, count / durationS));
  const off = Math.min(...offs);
  if (off <= 0.02 + 0.1 / durationS) return null;
  const expected = formatNumber(responses / durationS);
  return `${formatNumber(responses)} responses / ${formatNumber(durationS)} s = ${expected} req/s, published as ${formatNumber(rps)} (${formatShare(off, 1)} off)`;
}

/** A rate that is made of error responses. A tool that leaves them out of its rate has done its duty. */
function errorsAsSuccess({ rps, responses, errorResponses, durationS }: PublishedRow): string | null {
  if (errorResponses === null || errorResponses === 0 || rps === null || responses === null) return null;
  const share = errorResponses / Math.max(1, responses);
  const good =
    durationS === null || durationS <= 0 ? rps * (1 - share) : (responses - errorResponses) / durationS;
  const all = durationS === null || durationS <= 0 ? rps : responses / durationS;
  if (Math.abs(rps - good) <= Math.abs(rps - all)) return null;
  return `${formatNumber(errorResponses)} of ${formatNumber(responses)} responses are errors (${formatShare(share)}), yet they count: ${formatNumber(rps)} req/s published, ${formatNumber(good)} correct`;
}

function tooFewSamples({ responses, latencyUs }: PublishedRow): string | null {
  if (responses === null) return null;
  for (const [percentile, us] of latencyUs.percentiles) {
    const needed = PERCENTILE_MIN_SAMPLES.get(percentile);
    if (us > 0 && needed !== undefined && responses < needed) {
      return `p${percentile} from ${formatNumber(responses)} samples; it needs ${formatNumber(needed)}`;
    }
  }
  return null;
}
