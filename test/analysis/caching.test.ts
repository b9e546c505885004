import { describe, expect, it } from 'vitest';
import {
  cachingGain,
  type CachingPair,
  describeCaching,
  judgeCaching,
} from '../../harness/analysis/caching.ts';

/** Pairs in which the fixed path takes 100 µs and varied ones these times. */
const pairs = (...variedUs: number[]): CachingPair[] =>
  variedUs.map((us) => ({ fixedUs: 100, variedUs: us }));
const codes = (...variedUs: number[]): string[] => judgeCaching(pairs(...variedUs)).map(({ code }) => code);

describe('G30 caching audit', () => {
  it('takes the median of the pairs, so that one slow moment decides nothing', () => {
    expect(cachingGain(pairs(101, 102, 103, 102, 101, 102, 900, 102))).toBeCloseTo(0.02, 9);
    expect(codes(101, 102, 103, 102, 101, 102, 900, 102)).toEqual([]);
  });

  it('notes a path that is answered more than 10 % faster than others', () => {
    expect(codes(...Array.from({ length: 8 }, () => 111))).toEqual(['RESPONSE_CACHED']);
    expect(codes(...Array.from({ length: 8 }, () => 109))).toEqual([]);
  });

  it('says nothing of a target whose pairs disagree', () => {
    expect(codes(120, 120, 120, 120, 120, 120, 120, 90)).toEqual(['RESPONSE_CACHED']);
    expect(codes(120, 120, 120, 120, 120, 120, 90, 90)).toEqual([]);
  });

  it('says nothing of a path that is answered slower than others', () => {
    expect(codes(...Array.from({ length: 8 }, () => 50))).toEqual([]);
  });

  it('shows what was seen, whether or not it is worth a note', () => {
    expect(describeCaching(pairs(150, 150))).toBe(
      'one path 100 µs, a path for each request 150 µs (50 % longer, median of 2 pairs)',
    );
  });
});
