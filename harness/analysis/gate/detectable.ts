import { studentQuantile } from '../distribution.ts';
import { variance } from '../order.ts';

/** Wilcoxon's test needs π/3 times the values of Student's where noise is normal (Pitman 1949; Hodges and Lehmann 1956). */
const WILCOXON_EFFICIENCY = 3 / Math.PI;

/**
 * The smallest slowdown (relative) that launches as noisy as these would have called a regression with probability
 * `power`: d0 and the noise that the test and the power have to overcome. Null where so few launches reject at no level.
 */
export function smallestDetectable(
  differences: readonly number[],
  d0: number,
  alpha: number,
  power = 0.9,
): number | null {
  const n = differences.length;
  if (n < 3 || 2 ** -n > alpha) return null;
  const error = Math.sqrt(variance(differences) / (n * WILCOXON_EFFICIENCY));
  const margin = (studentQuantile(1 - alpha, n - 1) + studentQuantile(power, n - 1)) * error;
  return Math.expm1(Math.log1p(d0) + margin);
}
