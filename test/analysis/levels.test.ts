import { describe, expect, it } from 'vitest';
import { type Levels, twoLevels } from '../../harness/analysis/levels.ts';
import { normal, sample } from './support/random-variates.ts';

/** Every way to cut the sorted values in two, the plain way. */
function bruteForce(values: readonly number[]): Levels | null {
  const sorted = values.toSorted((a, b) => a - b);
  const mean = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0) / list.length;
  const squares = (list: readonly number[]): number =>
    list.reduce((sum, x) => sum + (x - mean(list)) ** 2, 0);
  const cuts = sorted.slice(1).map((_, i): Levels => {
    const [low, high] = [sorted.slice(0, i + 1), sorted.slice(i + 1)];
    const explained = 1 - (squares(low) + squares(high)) / squares(sorted);
    return {
      low: mean(low),
      high: mean(high),
      explained,
      minority: Math.min(low.length, high.length) / sorted.length,
    };
  });
  return cuts.toSorted((a, b) => b.explained - a.explained)[0] ?? null;
}

describe('two levels', () => {
  it('are the split that a search over all splits finds', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const values = sample(4 + (seed % 20), seed, (random) => 10 + normal(random));
      const [found, expected] = [twoLevels(values), bruteForce(values)];
      for (const key of ['low', 'high', 'explained', 'minority'] as const) {
        expect(found?.[key], `${key}, seed ${seed}`).toBeCloseTo(expected?.[key] ?? Number.NaN, 9);
      }
    }
  });

  it('explain everything where there is nothing within them', () => {
    expect(twoLevels([2, 5, 2, 5, 2, 2])).toEqual({ low: 2, high: 5, explained: 1, minority: 1 / 3 });
  });

  it('explain 2/π of a large normal sample', () => {
    expect(twoLevels(sample(20_000, 1, normal))?.explained).toBeCloseTo(2 / Math.PI, 2);
  });

  it('do not exist for equal values, nor for three', () => {
    expect(twoLevels([4, 4, 4, 4])).toBeNull();
    expect(twoLevels([1, 2, 9])).toBeNull();
  });
});
