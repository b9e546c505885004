/** Where a series seems to have changed its level; advice for a person, never a verdict. */
export interface ChangePoint {
  /** Index of the first value of the new level. */
  at: number;
  /** Two-sided p of no change at all. */
  p: number;
}

/**
 * Pettitt's test (1979): ranks tell before from after, so that neither an outlier nor the shape of the noise matters. The
 * approximation of p is good from about eight values on; fewer are never a change.
 */
export function changePointOf(values: readonly number[]): ChangePoint | null {
  const n = values.length;
  if (n < 8) return null;
  let best = { at: 0, score: 0 };
  for (let at = 1; at < n; at++) {
    let score = 0;
    for (const before of values.slice(0, at)) {
      for (const after of values.slice(at)) score += Math.sign(after - before);
    }
    if (Math.abs(score) > best.score) best = { at, score: Math.abs(score) };
  }
  const p = Math.min(1, 2 * Math.exp((-6 * best.score ** 2) / (n ** 3 + n ** 2)));
  return { at: best.at, p };
}
