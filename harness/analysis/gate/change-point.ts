import { median } from '../order.ts';

/** Where a series seems to have changed its level; advice for a person, never a verdict. */
export interface ChangePoint {
  /** Index of the first value of the new level. */
  at: number;
  /** Two-sided p of no change at all. */
  p: number;
}

/**
 * Pettitt's test (1979): ranks tell before from after, so that neither an outlier nor the shape of the noise matters. The
 * approximation of p is good from about eight values on; fewer are never a change. Where it was is another question, which
 * ranks answer badly near the middle of a series: the split after which the least is left to the medians of both sides.
 */
export function changePointOf(values: readonly number[]): ChangePoint | null {
  const n = values.length;
  if (n < 8) return null;
  const splits = Array.from({ length: n - 1 }, (_, i) => i + 1);
  const score = Math.max(...splits.map((at) => scoreOf(values.slice(0, at), values.slice(at))));
  const p = Math.min(1, 2 * Math.exp((-6 * score ** 2) / (n ** 3 + n ** 2)));
  const rests = splits.map((at) => restOf(values.slice(0, at)) + restOf(values.slice(at)));
  return { at: splits[rests.indexOf(Math.min(...rests))] ?? 0, p };
}

function scoreOf(before: readonly number[], after: readonly number[]): number {
  let score = 0;
  for (const earlier of before) for (const later of after) score += Math.sign(later - earlier);
  return Math.abs(score);
}

/** Sum of the absolute distances from the median. */
function restOf(values: readonly number[]): number {
  const middle = median(values);
  return values.reduce((sum, value) => sum + Math.abs(value - middle), 0);
}
