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
    expect(tTestP(sleep)).toBeCloseTo(0.00283, 5);
  });

  it('says nothing for fewer than three values', () => {
    expect(tInterval([1, 2])).toEqual({ estimate: 1.5, interval: null });
    expect(tTestP([1, 2])).toBe(1);
  });

  it('handles values that do not vary', () => {
    expect(tTestP([0, 0, 0])).toBe(1);
    expect(tTestP([2, 2, 2])).toBe(0);
    expect(tInterval([2, 2, 2]).interval).toEqual({ low: 2, high: 2 });
  });
});
