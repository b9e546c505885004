import { invariant } from '../base/errors.ts';
import { normalCdf } from './distribution.ts';
import { median } from './order.ts';

/** A monotone trend in a series of equally spaced values. */
export interface Trend {
  /** Two-sided p of the Mann-Kendall test: the chance of so clear a trend without one. */
  p: number;
  /** Theil-Sen slope, in units of the values a step. */
  slope: number;
}

/**
 * Mann (1945) and Kendall (1975) for whether there is a trend, Theil (1950) and Sen (1968) for how steep it is. Both look
 * at ranks and medians of pairs, so that no single outlier makes a trend. Normal approximation with continuity and tie
 * correction, good from eight values on; fewer than four values are never a trend.
 */
export function trendOf(values: readonly number[]): Trend {
  const n = values.length;
  if (n < 4) return { p: 1, slope: 0 };
  const slopes: number[] = [];
  let score = 0;
  for (const [i, earlier] of values.entries()) {
    for (const [offset, later] of values.slice(i + 1).entries()) {
      score += Math.sign(later - earlier);
      slopes.push((later - earlier) / (offset + 1));
    }
  }
  const variance = (n * (n - 1) * (2 * n + 5) - tieTerm(values)) / 18;
  if (variance <= 0) return { p: 1, slope: 0 };
  invariant(slopes.length > 0, 'a series of four values has pairs');
  const z = Math.max(0, Math.abs(score) - 1) / Math.sqrt(variance);
  return { p: 2 * (1 - normalCdf(z)), slope: median(slopes) };
}

function tieTerm(values: readonly number[]): number {
  const sizes = new Map<number, number>();
  for (const value of values) sizes.set(value, (sizes.get(value) ?? 0) + 1);
  return [...sizes.values()].reduce((sum, t) => sum + t * (t - 1) * (2 * t + 5), 0);
}
