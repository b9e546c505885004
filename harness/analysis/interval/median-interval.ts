import { binomialCdf } from '../distribution.ts';
import { ascending, nth } from '../order.ts';
import { CONFIDENCE, type Interval } from './interval.ts';

/**
 * Distribution-free interval of a quantile from order statistics (Thompson 1936; David and Nagaraja 2003, section 7.1):
 * the number of values below the true quantile is binomial, so that ranks bracket it exactly, whatever the distribution.
 * Each tail keeps at most half of the error. Null where even the extreme values do not reach the confidence: the median
 * needs six values for 95 %.
 */
export function quantileInterval(
  values: readonly number[],
  quantile: number,
  confidence: number = CONFIDENCE,
): Interval | null {
  const ranks = quantileRanks(values.length, quantile, confidence);
  if (ranks === null) return null;
  const sorted = ascending(values);
  return { low: nth(sorted, ranks.low), high: nth(sorted, ranks.high) };
}

/** Interval of the median; see `quantileInterval`. */
export function medianInterval(values: readonly number[], confidence: number = CONFIDENCE): Interval | null {
  return quantileInterval(values, 0.5, confidence);
}

/** The ranks, from 0, whose values bracket a quantile of n samples, or null where n is too small. */
export function quantileRanks(
  n: number,
  quantile: number,
  confidence: number,
): { low: number; high: number } | null {
  const tail = (1 - confidence) / 2;
  // Value at rank r lies above the quantile when at most r values lie below it.
  const low = firstRank(n, (rank) => binomialCdf(rank, n, quantile) > tail);
  const high = firstRank(n, (rank) => 1 - binomialCdf(rank, n, quantile) <= tail);
  return low === 0 || high >= n ? null : { low: low - 1, high };
}

/** The smallest rank in 0..n for which a monotone condition holds, by bisection. */
function firstRank(n: number, holds: (rank: number) => boolean): number {
  let low = 0;
  let high = n;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
