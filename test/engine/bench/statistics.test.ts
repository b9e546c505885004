import { describe, expect, it } from 'vitest';
import { median, ratios, spreadOf } from '../../../tools/bench/statistics.ts';

describe('the middle of the rounds', () => {
  it('is the middle one of an odd number, the mean of the middle two of an even one', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  it('does not change the order of what it is given', () => {
    const rounds = [3, 1, 2];
    median(rounds);
    expect(rounds).toEqual([3, 1, 2]);
  });

  it('is not a number where there was no round', () => {
    expect(median([])).toBeNaN();
    expect(spreadOf([])).toEqual({ median: Number.NaN, min: Number.NaN, max: Number.NaN });
  });

  it('stands between the least and the most', () => {
    expect(spreadOf([7, 3, 5])).toEqual({ median: 5, min: 3, max: 7 });
  });
});

describe('what one generator is of another', () => {
  it('is taken round by round, so that a machine that slows down for both changes nothing', () => {
    expect(ratios([200, 20], [100, 10])).toEqual([2, 2]);
  });

  it('has no value for a round that only one of them ran', () => {
    expect(ratios([200, 20, 30], [100, 10])).toEqual([2, 2]);
  });
});
