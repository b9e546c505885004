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

/** Two-sided p of Student's test that the mean is 0; 1 where there are fewer than three values. */
export function tTestP(values: readonly number[]): number {
  if (values.length < 3) return 1;
  const error = standardError(values);
  const centre = mean(values);
  if (error === 0) return centre === 0 ? 1 : 0;
  return 2 * (1 - studentCdf(Math.abs(centre) / error, values.length - 1));
}

function standardError(values: readonly number[]): number {
  return Math.sqrt(variance(values) / values.length);
}
