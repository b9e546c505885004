import { studentCdf, studentQuantile } from '../distribution.ts';
import { mean, variance } from '../order.ts';
import { CONFIDENCE, type Estimate } from './interval.ts';

/**
 * Mean with Student's interval (1908). For values that are about normal, as differences of logarithms of paired trials
 * are; the only interval that says something at three to five values. Null interval for fewer than three.
 */
export function tInterval(values: readonly number[], confidence: number = CONFIDENCE): Estimate {
  const estimate = mean(values);
  if (values.length < 3) return { estimate, interval: null };
  const half = studentQuantile(1 - (1 - confidence) / 2, values.length - 1) * standardError(values);
  return { estimate, interval: { low: estimate - half, high: estimate + half } };
}

/** A mean of `n` values with the variance of one value, known with `df` degrees of freedom: more than n - 1 where it is pooled. */
export interface MeanWithSpread {
  centre: number;
  variance: number;
  n: number;
  df: number;
}

/** Two-sided p of Student's test (1908) that the mean is 0. */
export function tTestP({ centre, variance: spread, n, df }: MeanWithSpread): number {
  if (spread === 0) return centre === 0 ? 1 : 0;
  return 2 * (1 - studentCdf(Math.abs(centre) / Math.sqrt(spread / n), df));
}

function standardError(values: readonly number[]): number {
  return Math.sqrt(variance(values) / values.length);
}
