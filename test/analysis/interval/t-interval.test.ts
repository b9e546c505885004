import { describe, expect, it } from 'vitest';
import { tInterval, tTestP } from '../../../harness/analysis/interval/t-interval.ts';

describe("Student's interval", () => {
  // Student (1908), Cushny and Peebles' hours of sleep gained: mean 1.58, s 1.23, t = 4.06.
  const sleep = [1.2, 2.4, 1.3, 1.3, 0, 1, 1.8, 0.8, 4.6, 1.4];

  it("reproduces Student's own example", () => {
    const { estimate, interval } = tInterval(sleep);
    expect(estimate).toBeCloseTo(1.58, 10);
    expect(interval?.low).toBeCloseTo(0.7001, 4);
    expect(interval?.high).toBeCloseTo(2.4599, 4);
    expect(tTestP({ centre: 1.58, variance: 1.22998 ** 2, n: 10, df: 9 })).toBeCloseTo(0.00283, 5);
  });

  it('says nothing for fewer than three values', () => {
    expect(tInterval([1, 2])).toEqual({ estimate: 1.5, interval: null });
  });

  it('is the surer of a difference the better its spread is known', () => {
    const p = (df: number): number => tTestP({ centre: 1, variance: 0.5, n: 3, df });
    expect([2, 4, 14, 28].map(p)).toEqual([2, 4, 14, 28].map(p).toSorted((a, b) => b - a));
  });

  it('handles values that do not vary', () => {
    expect(tTestP({ centre: 0, variance: 0, n: 3, df: 2 })).toBe(1);
    expect(tTestP({ centre: 2, variance: 0, n: 3, df: 2 })).toBe(0);
    expect(tInterval([2, 2, 2]).interval).toEqual({ low: 2, high: 2 });
  });
});
