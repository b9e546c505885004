import { describe, expect, it } from 'vitest';
import { changePointOf } from '../../../harness/analysis/gate/change-point.ts';
import { seededRandom } from '../../../harness/base/random.ts';

/** Twenty runs of 1 % noise whose level rises by a fifth with the given run. */
function stepAt(at: number, seed: number): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: 20 }, (_, i) => (i < at ? 0 : 0.2) + 0.01 * (random.next() - 0.5));
}

describe('where a level changed', () => {
  it.each([7, 8, 10, 12, 13])('is found to the run, with the step at run %i', (at) => {
    for (let seed = 1; seed <= 20; seed++) {
      const found = changePointOf(stepAt(at, seed));
      expect(found?.at, `seed ${seed}`).toBe(at);
      expect(found?.p).toBeLessThan(0.05);
    }
  });

  it('is not moved by an outlier', () => {
    const values = stepAt(12, 3);
    values[5] = 5;
    expect(changePointOf(values)?.at).toBe(12);
  });
});
