import type { PublishedFigure } from '../../model/claims-figure.ts';
import type { ClaimVerdict, JudgedClaim, MeasuredFactor } from '../../model/claims-report.ts';
import type { Comparison } from '../../model/comparison.ts';
import type { MetricId } from '../../model/metric.ts';
import { compareValues } from '../compare.ts';
import type { Interval } from '../interval/interval.ts';
import type { Bound, MeasuredCell } from './measured-cell.ts';

type Figure = Extract<MeasuredCell, { kind: 'figure' }>;
type Judgement = Pick<JudgedClaim, 'here' | 'verdict'>;

/**
 * Holds "`greater` is so many times `lesser`" against the rounds that both have: reproduced where the 95 % interval of the
 * factor lies above 1, contradicted where it lies below. A figure that is only a bound leaves one end of the interval open,
 * and can decide only towards the other.
 */
export function judgeFactor(greater: MeasuredCell, lesser: MeasuredCell, metric: MetricId): Judgement {
  const none = [greater, lesser].find(({ kind }) => kind === 'none');
  if (greater.kind === 'none' || lesser.kind === 'none') {
    const why = none?.kind === 'none' ? none.why : '';
    return { here: null, verdict: { kind: 'undecided', reason: 'not-measured', why } };
  }
  const comparison = compareRounds(greater, lesser, metric);
  const here = factorOf(comparison, openEnds(greater.bound, lesser.bound));
  return { here, verdict: verdictOf(comparison, here) };
}

/** What a published factor can be, given the last digits of its two figures. */
export function publishedInterval(greater: PublishedFigure, lesser: PublishedFigure): Interval {
  return {
    low: (greater.value - greater.resolution) / (lesser.value + lesser.resolution),
    high: (greater.value + greater.resolution) / Math.max(lesser.value - lesser.resolution, Number.MIN_VALUE),
  };
}

/** Whether a published factor, rounded as it is, lies within what was measured. */
export function magnitudeOf(published: Interval, here: MeasuredFactor | null): JudgedClaim['magnitude'] {
  if (here === null) return 'unknown';
  const { low, high } = here;
  if ((low !== null && published.high < low) || (high !== null && published.low > high)) return 'differs';
  return low === null || high === null ? 'unknown' : 'agrees';
}

function compareRounds(greater: Figure, lesser: Figure, metric: MetricId): Comparison {
  const rounds = [...greater.byRound.keys()].filter((round) => lesser.byRound.has(round));
  const valuesOf = ({ byRound }: Figure): number[] => rounds.flatMap((round) => byRound.get(round) ?? []);
  return compareValues({ kind: 'paired', baseline: valuesOf(lesser), candidate: valuesOf(greater) }, metric);
}

interface OpenEnds {
  low: boolean;
  high: boolean;
}

/** A quotient can be greater than it seems where its upper figure is a lower bound, or its lower figure an upper bound. */
function openEnds(greater: Bound, lesser: Bound): OpenEnds {
  const bounds = [greater, lesser];
  if (bounds.includes('unknown')) return { low: true, high: true };
  return {
    high: greater === 'at-least' || lesser === 'at-most',
    low: greater === 'at-most' || lesser === 'at-least',
  };
}

function factorOf(comparison: Comparison, open: OpenEnds): MeasuredFactor | null {
  if (comparison.change === null) return null;
  const estimate = 1 + comparison.change;
  if (comparison.kind === 'too-few') return { estimate, low: null, high: null };
  const { low, high } = comparison.interval;
  return { estimate, low: open.low ? null : 1 + low, high: open.high ? null : 1 + high };
}

function verdictOf(comparison: Comparison, here: MeasuredFactor | null): ClaimVerdict {
  if (comparison.kind === 'too-few' || here === null) {
    return { kind: 'undecided', reason: 'too-few-rounds', why: comparison.why };
  }
  if (here.low !== null && here.low > 1) return { kind: 'reproduced' };
  if (here.high !== null && here.high < 1) return { kind: 'contradicted' };
  if (here.low !== null && here.high !== null) {
    return { kind: 'undecided', reason: 'interval-holds-1', why: comparison.why };
  }
  return {
    kind: 'undecided',
    reason: 'bound',
    why: 'a figure of the pair is only a bound, on the side that would decide',
  };
}
