import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { LatencyCounts } from '../../harness/histogram/latency-counts.ts';
import { LatencyHistogram } from '../../harness/histogram/latency-histogram.ts';
import { HISTOGRAM_MAX_US } from '../../harness/histogram/latency-range.ts';

const made: LatencyHistogram[] = [];
afterEach(() => {
  for (const histogram of made.splice(0)) histogram.destroy();
});

/** The same samples in our counts and in the library's histogram, as it is after it was stored. */
function both(values: readonly number[]): { counts: LatencyCounts; histogram: LatencyHistogram } {
  const counts = new LatencyCounts();
  const recorded = new LatencyHistogram();
  for (const value of values) {
    counts.record(value);
    recorded.record(value);
  }
  const histogram = LatencyHistogram.decode(recorded.encode());
  made.push(recorded, histogram);
  return { counts, histogram };
}

function decoded(counts: LatencyCounts): LatencyHistogram {
  const histogram = LatencyHistogram.decode(counts.encode());
  made.push(histogram);
  return histogram;
}

function summary(histogram: LatencyHistogram): Record<string, number> {
  const { count, minUs, maxUs, meanUs, stdevUs } = histogram;
  return { count, minUs, maxUs, meanUs, stdevUs };
}

const latencyUs = fc.oneof(
  fc.integer({ min: 1, max: 3_000 }),
  fc.integer({ min: 1, max: HISTOGRAM_MAX_US }),
  fc.constantFrom(1, 2_047, 2_048, 4_095, 4_096, HISTOGRAM_MAX_US),
);

describe('latencies counted without the histogram library', () => {
  it('G2: are, decoded by the library, what it would have recorded itself', () => {
    fc.assert(
      fc.property(fc.array(latencyUs, { minLength: 1, maxLength: 60 }), (values) => {
        const { counts, histogram } = both(values);
        const back = decoded(counts);
        expect(summary(back)).toEqual(summary(histogram));
        for (const percentile of [1, 50, 90, 99, 99.9, 100]) {
          expect(back.percentileUs(percentile)).toBe(histogram.percentileUs(percentile));
          expect(counts.percentileUs(percentile)).toBe(histogram.percentileUs(percentile));
        }
        expect(counts.maxUs).toBe(histogram.maxUs);
        expect(back.encode()).toBe(histogram.encode());
      }),
      { numRuns: 150 },
    );
  });

  it('M7: add up with those of another worker', () => {
    const quick = both([100, 200, 300]);
    const slow = both([50_000, 60_000]);
    const merged = decoded(quick.counts);
    merged.add(decoded(slow.counts));
    expect(summary(merged)).toEqual(summary(both([100, 200, 300, 50_000, 60_000]).histogram));
  });

  it('are clamped to the range and counted, as the histogram does', () => {
    const { counts, histogram } = both([-5, 61_000_000, Number.POSITIVE_INFINITY, Number.NaN, 0.2, 10]);
    expect(counts.count).toBe(6);
    expect(counts.clamped).toBe(4);
    expect(summary(decoded(counts))).toEqual(summary(histogram));
  });

  it('keep a count that takes several bytes of the encoding', () => {
    const counts = new LatencyCounts();
    for (let i = 0; i < 3_000_000; i++) counts.record(7);
    const back = decoded(counts);
    expect(back.count).toBe(3_000_000);
    expect(back.percentileUs(100)).toBe(7);
  });

  it('tell nothing where there are none', () => {
    const counts = new LatencyCounts();
    expect([counts.count, counts.maxUs, counts.percentileUs(99)]).toEqual([0, 0, 0]);
    expect(decoded(counts).count).toBe(0);
  });
});
