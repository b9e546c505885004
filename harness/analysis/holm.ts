import { invariant } from '../base/errors.ts';

/**
 * Which of several tests reject at a family-wise error of `alpha` (Holm, 1979), in the order of the input: the smallest p
 * is held against alpha / m, the next against alpha / (m - 1), until the first that does not reject.
 */
export function holmRejects(ps: readonly number[], alpha: number): boolean[] {
  const order = ps.map((p, index) => ({ p, index })).toSorted((a, b) => a.p - b.p);
  const rejected = ps.map(() => false);
  for (const [rank, { p, index }] of order.entries()) {
    invariant(p >= 0 && p <= 1, `${p} is not a probability`);
    if (p > alpha / (ps.length - rank)) break;
    rejected[index] = true;
  }
  return rejected;
}
