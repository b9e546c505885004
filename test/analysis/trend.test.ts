import { describe, expect, it } from 'vitest';
import { trendOf } from '../../harness/analysis/trend.ts';
import { normal, sample } from './support/random-variates.ts';

describe('a trend', () => {
  it('has the slope of a straight line, exactly', () => {
    expect(trendOf([1, 3, 5, 7, 9]).slope).toBe(2);
    expect(trendOf([9, 7, 5, 3, 1]).slope).toBe(-2);
  });

  it('reproduces the statistic by hand: five rising values, S = 10, variance 50/3', () => {
    // z = 9 / sqrt(50 / 3) = 2.2045, two-sided p = 0.0275.
    expect(trendOf([1, 2, 3, 4, 5]).p).toBeCloseTo(0.0275, 4);
  });

  it('is not made by one outlier', () => {
    const flat = [5, 5.1, 4.9, 5, 5.2, 4.8, 5.1, 4.9, 5, 500];
    expect(trendOf(flat).p).toBeGreaterThan(0.2);
    expect(Math.abs(trendOf(flat).slope)).toBeLessThan(0.1);
  });

  it('does not exist in values that are all equal, nor in fewer than four', () => {
    expect(trendOf([3, 3, 3, 3, 3, 3])).toEqual({ p: 1, slope: 0 });
    expect(trendOf([1, 2, 3])).toEqual({ p: 1, slope: 0 });
  });

  it('corrects for ties: by hand S = 25, variance (2250 - 600) / 18, z = 24 / 9.574', () => {
    expect(trendOf([1, 1, 1, 1, 1, 2, 2, 2, 2, 2]).p).toBeCloseTo(0.0122, 4);
  });

  it('has a p that is small as often as it says', () => {
    const ps = Array.from({ length: 2_000 }, (_, seed) => trendOf(sample(20, seed + 1, normal)).p);
    const share = (level: number): number => ps.filter((p) => p < level).length / ps.length;
    expect(share(0.01)).toBeLessThan(0.02);
    expect(share(0.05)).toBeGreaterThan(0.03);
    expect(share(0.05)).toBeLessThan(0.065);
  });
});
