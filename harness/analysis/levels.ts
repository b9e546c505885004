import { ascending, mean } from './order.ts';

/** Two groups of values that one threshold separates best. */
export interface Levels {
  low: number;
  high: number;
  /** Share of the total variance that the two levels explain: 1 when there is nothing within them, 0.64 for a normal sample. */
  explained: number;
  /** Share of the values in the smaller group. */
  minority: number;
}

/**
 * The split of a sample into two levels with the largest variance between them (Otsu, 1979). Null where all values are
 * equal or there are fewer than four.
 */
export function twoLevels(values: readonly number[]): Levels | null {
  const sorted = ascending(values);
  const n = sorted.length;
  if (n < 4) return null;
  const centre = mean(sorted);
  const total = sorted.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  if (total <= 0) return null;
  const sum = centre * n;
  let best: Levels | null = null;
  let lowSum = 0;
  for (const [i, value] of sorted.slice(0, -1).entries()) {
    lowSum += value;
    const size = i + 1;
    const low = lowSum / size;
    const high = (sum - lowSum) / (n - size);
    const explained = (size * (low - centre) ** 2 + (n - size) * (high - centre) ** 2) / total;
    if (best === null || explained > best.explained) {
      best = { low, high, explained, minority: Math.min(size, n - size) / n };
    }
  }
  return best;
}
