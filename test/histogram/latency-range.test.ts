import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BUCKETS, bucketMaxUs, bucketOf, HISTOGRAM_MAX_US } from '../../harness/histogram/latency-range.ts';

describe('the buckets of a latency histogram', () => {
  it('are 1 µs wide up to 2,047 µs, and twice as wide after each doubling', () => {
    expect([1, 2, 1_024, 2_047].map(bucketOf)).toEqual([1, 2, 1_024, 2_047]);
    expect([2_048, 2_049, 2_050].map(bucketOf)).toEqual([2_048, 2_048, 2_049]);
    expect([4_095, 4_096, 4_099, 4_100].map(bucketOf)).toEqual([3_071, 3_072, 3_072, 3_073]);
  });

  it('follow each other without a gap: the value after the last of one is the first of the next', () => {
    for (let bucket = 1; bucket < BUCKETS - 1; bucket++) {
      const maxUs = bucketMaxUs(bucket);
      expect(bucketOf(maxUs)).toBe(bucket);
      expect(bucketOf(maxUs + 1)).toBe(bucket + 1);
    }
  });

  it('are never wider than a thousandth of what they hold', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: HISTOGRAM_MAX_US }), (us) => {
        const maxUs = bucketMaxUs(bucketOf(us));
        expect(maxUs).toBeGreaterThanOrEqual(us);
        expect((maxUs - us) / us).toBeLessThan(0.001);
      }),
      { numRuns: 500 },
    );
  });
});
