import { Sample, shift, shiftBounds } from 'pragmastat';
import { describe, expect, it } from 'vitest';
import { rankSumCdf, shiftInterval } from '../../../harness/analysis/interval/rank-sum.ts';
import { normal, sample } from '../support/random-variates.ts';

/** U of every way to choose which m of m + n ordered places belong to the first sample. */
function allStatistics(m: number, n: number): number[] {
  const found: number[] = [];
  const place = (left: number, right: number, u: number): void => {
    if (left === 0 && right === 0) found.push(u);
    // A value of the first sample beats every value of the second that is already placed.
    if (left > 0) place(left - 1, right, u + (n - right));
    if (right > 0) place(left, right - 1, u);
  };
  place(m, n, 0);
  return found;
}

describe('the Mann-Whitney distribution', () => {
  it.each([
    [1, 1],
    [3, 4],
    [5, 5],
    [6, 3],
  ])('is exact for %i and %i values, by enumeration', (m, n) => {
    const all = allStatistics(m, n);
    for (let u = -1; u <= m * n; u++) {
      const share = all.filter((each) => each <= u).length / all.length;
      expect(rankSumCdf(m, n, u)).toBeCloseTo(share, 12);
    }
  });
});

describe('the shift between two samples', () => {
  it('agrees with an independent implementation at every level that can be reached', () => {
    for (const [m, n] of [
      [4, 4],
      [5, 8],
      [12, 7],
    ] as const) {
      const a = sample(m, 1, normal);
      const b = sample(n, 2, (random) => 2 + normal(random));
      expect(shiftInterval(a, b).estimate).toBeCloseTo(shift(Sample.of(b), Sample.of(a)).value, 12);
      for (const u of [1, 2, 5]) {
        const misrate = 2 * rankSumCdf(m, n, u);
        const bounds = shiftBounds(Sample.of(b), Sample.of(a), misrate * (1 - 1e-9));
        const { interval } = shiftInterval(a, b, 1 - misrate - 1e-9);
        expect(interval?.low).toBeCloseTo(bounds.lower, 12);
        expect(interval?.high).toBeCloseTo(bounds.upper, 12);
      }
    }
  });

  it('has no 95 % interval for three and three, but for four and four', () => {
    expect(shiftInterval([1, 2, 3], [7, 8, 9]).interval).toBeNull();
    expect(shiftInterval([1, 2, 3, 4], [7, 8, 9, 10]).interval).toEqual({ low: 3, high: 9 });
  });
});
