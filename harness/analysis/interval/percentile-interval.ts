import type { LatencyHistogram } from '../../histogram/latency-histogram.ts';
import { studentQuantile } from '../distribution.ts';
import { shareAtMost } from '../latency-share.ts';
import { mean } from '../order.ts';
import { CONFIDENCE, type Interval } from './interval.ts';

/** Fewer launches than this say too little about how launches differ. */
const MIN_LAUNCHES = 3;

/**
 * Interval of a percentile of merged histograms, robust against samples of one launch being alike (Woodruff 1952, with
 * the linearised variance of a ratio over clusters, Cochran 1977 section 11): how much the share of samples at or below
 * the estimate varies between launches, as an interval of that share, read back through the merged histogram. The error
 * of independent samples, p(1 - p)/n, is a lower bound of it.
 * Null for fewer than three launches, and where the interval of the share reaches beyond the samples.
 */
export function percentileInterval(
  launches: readonly LatencyHistogram[],
  merged: LatencyHistogram,
  percentile: number,
  confidence: number = CONFIDENCE,
): Interval | null {
  const k = launches.length;
  if (k < MIN_LAUNCHES || merged.count === 0) return null;
  const estimate = merged.percentileUs(percentile);
  const share = shareAtMost(merged, estimate);
  const meanCount = mean(launches.map((launch) => launch.count));
  const spread = launches.reduce(
    (sum, launch) => sum + ((launch.count / meanCount) * (shareAtMost(launch, estimate) - share)) ** 2,
    0,
  );
  const p = percentile / 100;
  const error = Math.sqrt(Math.max(spread / (k * (k - 1)), (p * (1 - p)) / merged.count));
  const half = studentQuantile(1 - (1 - confidence) / 2, k - 1) * error;
  if (p - half <= 0 || p + half >= 1) return null;
  return { low: merged.percentileUs((p - half) * 100), high: merged.percentileUs((p + half) * 100) };
}
