import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kendallTauB } from '../../../harness/analysis/claims/kendall.ts';

const against = (second: readonly number[]): [number, number][] => second.map((value, i) => [i, value]);
const rising = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

describe('tau-b', () => {
  it('is 1 for the same order and -1 for the reverse', () => {
    expect(kendallTauB(against([1, 2, 3, 4]))?.tauB).toBe(1);
    expect(kendallTauB(against([4, 3, 2, 1]))?.tauB).toBe(-1);
  });

  it('counts concordant less discordant pairs', () => {
    // Of six pairs only (2, 1) is discordant.
    expect(kendallTauB(against([2, 1, 3, 4]))?.tauB).toBeCloseTo(4 / 6, 12);
  });

  it('leaves pairs out that are tied on either side', () => {
    // By hand: 5 concordant of 6, one tie in the second: 5 / sqrt(6 * 5).
    expect(kendallTauB(against([1, 2, 2, 3]))?.tauB).toBeCloseTo(5 / Math.sqrt(30), 12);
    expect(
      kendallTauB([
        [1, 1],
        [1, 2],
        [2, 3],
      ])?.tauB,
    ).toBeCloseTo(2 / Math.sqrt(6), 12);
  });

  it('does not exist for a lone value, or where one side says nothing', () => {
    expect(kendallTauB([])).toBeNull();
    expect(kendallTauB([[1, 1]])).toBeNull();
    expect(
      kendallTauB([
        [1, 5],
        [2, 5],
        [3, 5],
      ]),
    ).toBeNull();
  });

  it('depends on orders only, and turns with them', () => {
    const values = fc.uniqueArray(fc.integer({ min: 1, max: 1_000 }), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(values, (second) => {
        const tau = kendallTauB(against(second))?.tauB ?? Number.NaN;
        expect(kendallTauB(against(second.map((value) => value ** 3)))?.tauB).toBeCloseTo(tau, 12);
        expect(kendallTauB(against(second.map((value) => -value)))?.tauB).toBeCloseTo(-tau, 12);
      }),
    );
  });
});

describe('the p of tau-b', () => {
  // Kendall (1970), appendix table 1: the chance of a score at least so great, doubled for both sides.
  it.each([
    [4, [1, 2, 3, 4], 2 / 24],
    [4, [2, 1, 3, 4], 2 * 0.167],
    [5, [1, 2, 3, 4, 5], 2 / 120],
    [5, [2, 1, 3, 4, 5], 2 * 0.042],
    [6, [2, 1, 3, 4, 6, 5], 2 * 0.028],
    [7, [1, 2, 3, 4, 5, 6, 7], 2 / 5_040],
  ])('of %d values %j is the tabled one', (_, second, p) => {
    expect(kendallTauB(against(second))?.p).toBeCloseTo(p, 2);
    expect(kendallTauB(against(second.toReversed()))?.p).toBeCloseTo(p, 2);
  });

  it('is 1 where both orders are as unlike as alike', () => {
    expect(kendallTauB(against([2, 4, 1, 3]))).toEqual({ tauB: 0, p: 1 });
  });

  it('goes on into the normal approximation without a step', () => {
    const nearly = (n: number): number[] => rising(n).map((i) => (i < 4 ? 3 - i : i));
    const [exact, normal] = [8, 9].map((n) => kendallTauB(against(nearly(n)))?.p ?? Number.NaN);
    expect(exact).toBeGreaterThan(0.02);
    expect(normal).toBeGreaterThan(0.005);
    expect(normal).toBeLessThan(exact ?? 0);
  });

  it('of many values is that of the normal distribution with the variance for ties', () => {
    // n = 10, no ties, S = 45: z = 44 / sqrt(125), two-sided 8.3e-5.
    expect(kendallTauB(against(rising(10)))?.p).toBeCloseTo(8.3e-5, 6);
    const tied = kendallTauB(against([1, 1, 2, 2, 3, 3, 4, 4, 5, 5]))?.p ?? 1;
    expect(tied).toBeGreaterThan(8.3e-5);
    expect(tied).toBeLessThan(1e-3);
  });

  it('is small for no more than its share of unrelated orders', () => {
    let small = 0;
    const runs = 400;
    const drawn = fc.sample(fc.shuffledSubarray(rising(7), { minLength: 7 }), { numRuns: runs, seed: 3 });
    for (const order of drawn) if ((kendallTauB(against(order))?.p ?? 1) <= 0.05) small++;
    expect(small).toBeLessThan(runs * 0.1);
  });
});
