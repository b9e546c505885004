import { formatNumber, formatShare, formatUs, US_PER_MS } from '../../base/units.ts';
import type { LatencyHistogram } from '../../histogram/latency-histogram.ts';
import { completed, failures } from '../../model/counts.ts';
import type { Reason } from '../../model/reason.ts';
import type { Evidence } from './measured.ts';

/** Figures of one trial that cannot all be true. */
export function judgeConsistency(evidence: Evidence): Reason[] {
  const findings = [
    sampleCount(evidence),
    order(evidence.responseTime),
    clamped(evidence),
    unfinishedRoom(evidence),
    littlesLaw(evidence),
    arrivedAgainstStarted(evidence),
  ];
  return findings.flatMap((detail) => (detail === null ? [] : [{ code: 'INCONSISTENT' as const, detail }]));
}

/** Latency is recorded once for each correct response, no more (no synthetic samples) and no less. */
function sampleCount({ load, responseTime }: Evidence): string | null {
  if (responseTime.count === load.counts.ok) return null;
  return `${responseTime.count} latency samples for ${load.counts.ok} correct responses`;
}

function clamped({ load }: Evidence): string | null {
  return load.clampedSamples === 0
    ? null
    : `${load.clampedSamples} latencies lie outside what the histogram holds (1 µs to 60 s)`;
}

/** min <= p50 <= p90 <= p99 <= p99.9 <= max, and the mean between min and max. */
function order(histogram: LatencyHistogram): string | null {
  if (histogram.count === 0) return null;
  const steps = [
    histogram.minUs,
    ...[50, 90, 99, 99.9].map((p) => histogram.percentileUs(p)),
    histogram.maxUs,
  ];
  // Values of a histogram are exact to 0.1 %: that much disorder is none.
  const falls = steps.some((value, i) => value * 1.002 + 1 < (steps[i - 1] ?? 0));
  const { meanUs, minUs, maxUs } = histogram;
  const meanOutside = meanUs * 1.002 + 1 < minUs || meanUs > maxUs * 1.002 + 1;
  if (!falls && !meanOutside) return null;
  return `min, p50, p90, p99, p99.9, max do not rise (${steps.join(', ')} µs), or exclude the mean ${formatUs(meanUs)}`;
}

/** No more can be unfinished than there is room for in flight. */
function unfinishedRoom({ load, context }: Evidence): string | null {
  const room = load.connections * (context.pipelining ?? 1);
  return load.counts.unfinished <= room
    ? null
    : `${load.counts.unfinished} requests unfinished, but only ${room} can be in flight`;
}

/**
 * Little's law (1961) for a closed loop: C places are each either in flight or with the driver, between an answer and the
 * next request. Over a window T the latencies of the requests that start in it therefore sum to
 * - at most C·(T + max): nothing holds more than its place, and what starts inside may end up to `max` after T;
 * - at least (C - W·u)·T - C·max: a driver that sends the next request at once holds back at most one place a thread, and
 *   only while that thread works: u is the utilisation of the busiest event loop, 1 where it is unknown. What began
 *   before the window covers at most `max` of it.
 * Beyond these exact bounds 5 % are allowed for latencies from 2 ms, 10 % below, where the resolution of 1 µs and the
 * time between the two clock readings of a request weigh more. The lower bound is left out where requests failed: their
 * time is in no sample.
 */
function littlesLaw({ load, context, responseTime, windowUs }: Evidence): string | null {
  if (load.loop.kind !== 'closed' || responseTime.count === 0 || windowUs <= 0) return null;
  const places = load.connections * (context.pipelining ?? 1);
  const { meanUs, maxUs, count } = responseTime;
  const busy = (meanUs * count) / windowUs;
  const tolerance = meanUs >= 2 * US_PER_MS ? 0.05 : 0.1;
  const edge = maxUs / windowUs;
  const driverShare = Math.min(1, load.driverLoad.eventLoopUtilization.value ?? 1);
  const upper = places * (1 + edge) * (1 + tolerance);
  const lower = (Math.max(0, places - load.workers * driverShare) - places * edge) * (1 - tolerance);
  const tooHigh = busy > upper;
  const tooLow = busy < lower && failures(load.counts) === 0;
  const rates = `${formatNumber(count / (windowUs / 1e6))} req/s x ${formatUs(meanUs)}`;
  if (!tooHigh && !tooLow) return null;
  const allowed = `${formatNumber(Math.max(0, lower))} to ${formatNumber(upper)}`;
  return `${rates} = ${formatNumber(busy)} in flight, with ${places} connections (Little's law allows ${allowed})`;
}

/** What arrived within the window and what started within it differ by no more than what is in flight at its two ends. */
function arrivedAgainstStarted({ load, context }: Evidence): string | null {
  const started = completed(load.counts);
  const difference = Math.abs(load.completedInWindow - started);
  const inFlight = load.connections * (context.pipelining ?? 1);
  const allowed = 2 * inFlight + failures(load.counts) + 0.01 * started;
  if (difference <= allowed) return null;
  const apart = formatShare(difference / Math.max(1, started));
  return `${load.completedInWindow} responses in the window, but ${started} to the requests that started in it (${apart} apart)`;
}
