import fc from 'fast-check';
import { build, decodeFromCompressedBase64 } from 'hdr-histogram-js';
import { afterEach, describe, expect, it } from 'vitest';
import { exponential, type Random, seededRandom } from '../../harness/base/random.ts';
import { LatencyHistogram, mergeEncoded } from '../../harness/histogram/latency-histogram.ts';
import { HISTOGRAM_MAX_US } from '../../harness/histogram/latency-range.ts';

const made: LatencyHistogram[] = [];
afterEach(() => {
  for (const histogram of made.splice(0)) histogram.destroy();
});

function keep(histogram: LatencyHistogram): LatencyHistogram {
  made.push(histogram);
  return histogram;
}

function histogramOf(values: readonly number[]): LatencyHistogram {
  const histogram = keep(new LatencyHistogram());
  for (const value of values) histogram.record(value);
  return histogram;
}

/** The exact percentile: the smallest value that at least that share of the samples does not exceed. */
function exactPercentile(sorted: ArrayLike<number>, percentile: number): number {
  const rank = Math.max(1, Math.ceil((percentile / 100) * sorted.length));
  return sorted[rank - 1] ?? Number.NaN;
}

const DISTRIBUTIONS: Record<string, (random: Random) => number> = {
  uniform: (random) => 1 + Math.floor(random.next() * 1_000_000),
  lognormal: (random) => {
    const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
    return Math.max(1, Math.round(Math.exp(6 + 1.5 * normal)));
  },
  bimodal: (random) =>
    Math.max(1, Math.round(random.next() < 0.9 ? 200 + random.next() * 50 : 90_000 + random.next() * 9_000)),
  'exponential up to a minute': (random) =>
    Math.min(HISTOGRAM_MAX_US, Math.max(1, Math.round(exponential(random, 4_000_000)))),
};

describe('G2 histogram unit', () => {
  it.each(Object.keys(DISTRIBUTIONS))(
    'every quantile of a million %s values is within a thousandth, the count exact',
    (name) => {
      const random = seededRandom(11);
      const draw = DISTRIBUTIONS[name] ?? (() => 1);
      const values = Array.from({ length: 1_000_000 }, () => draw(random));
      const histogram = histogramOf(values);
      const sorted = Float64Array.from(values).toSorted();
      expect(histogram.count).toBe(1_000_000);
      for (const percentile of [1, 10, 25, 50, 75, 90, 95, 99, 99.9, 99.99, 100]) {
        const exact = exactPercentile(sorted, percentile);
        expect(
          Math.abs(histogram.percentileUs(percentile) - exact) / exact,
          `p${percentile}`,
        ).toBeLessThanOrEqual(0.001);
      }
      expect(Math.abs(histogram.minUs - (sorted[0] ?? 0))).toBeLessThanOrEqual((sorted[0] ?? 0) / 1_000);
      expect(Math.abs(histogram.maxUs - (sorted.at(-1) ?? 0))).toBeLessThanOrEqual(
        (sorted.at(-1) ?? 0) / 1_000,
      );
    },
  );

  it('M7: merging parts gives the histogram of the whole, not an average of percentiles', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: 1, max: HISTOGRAM_MAX_US }), { minLength: 1, maxLength: 40 }), {
          minLength: 1,
          maxLength: 5,
        }),
        (parts) => {
          const merged = keep(mergeEncoded(parts.map((part) => histogramOf(part).encode())));
          const whole = histogramOf(parts.flat());
          expect(merged.count).toBe(whole.count);
          for (const percentile of [0, 50, 90, 99, 100]) {
            expect(merged.percentileUs(percentile)).toBe(whole.percentileUs(percentile));
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('M7: two workers of unlike latencies have the p99 of all requests', () => {
    const quick = Array.from({ length: 990 }, () => 100);
    const slow = Array.from({ length: 10 }, () => 50_000);
    const merged = keep(
      mergeEncoded([histogramOf(quick).encode(), histogramOf([...quick, ...slow]).encode()]),
    );
    // 10 of 1,990 are slow, so p99 is still quick; the mean of both p99s would be far from it.
    expect(merged.percentileUs(99)).toBe(100);
    expect(merged.percentileUs(99.9)).toBeGreaterThan(49_000);
  });
});

describe('what lies outside the range', () => {
  it('is clamped to its bounds and counted, never thrown and never lost', () => {
    const histogram = histogramOf([-5, 61_000_000, Number.POSITIVE_INFINITY, Number.NaN, 10]);
    expect(histogram.count).toBe(5);
    expect(histogram.clamped).toBe(4);
    expect(histogram.minUs).toBe(1);
  });

  it('is not what is merely below the resolution: 0 to 1 µs is recorded as 1', () => {
    const histogram = histogramOf([0, 0.2, 0.9, 1.4]);
    expect(histogram.clamped).toBe(0);
    expect(histogram.maxUs).toBe(1);
  });

  it('M6: rounds to the nearest microsecond, not to a millisecond', () => {
    expect(histogramOf([86.6]).percentileUs(50)).toBe(87);
    expect(histogramOf([640]).percentileUs(50)).toBe(640);
  });
});

describe('the encoding', () => {
  it('is read back with the same counts and percentiles', () => {
    const histogram = histogramOf([1, 85, 85, 1_220, 59_999_000]);
    const decoded = keep(LatencyHistogram.decode(histogram.encode()));
    expect(decoded.count).toBe(5);
    for (const percentile of [0, 50, 99, 100]) {
      expect(decoded.percentileUs(percentile)).toBe(histogram.percentileUs(percentile));
    }
  });

  it('is the standard one: the plain JavaScript build of the library reads it', () => {
    const standard = decodeFromCompressedBase64(histogramOf([100, 200, 300]).encode(), 32, false);
    expect(standard.totalCount).toBe(3);
    expect(standard.getValueAtPercentile(50)).toBe(200);
    expect(build({ useWebAssembly: false }).totalCount).toBe(0);
  });

  it('of an empty histogram is valid, and stays empty', () => {
    const decoded = keep(LatencyHistogram.decode(keep(new LatencyHistogram()).encode()));
    expect([decoded.count, decoded.minUs, decoded.maxUs, decoded.meanUs]).toEqual([0, 0, 0, 0]);
  });

  it('of nothing at all is an error of ours', () => {
    expect(() => mergeEncoded([])).toThrow(/no histogram to merge/);
  });
});

describe('a histogram that is used again', () => {
  it('forgets samples and clamps', () => {
    const histogram = histogramOf([5, -1]);
    histogram.reset();
    histogram.record(7);
    expect([histogram.count, histogram.clamped, histogram.maxUs]).toEqual([1, 0, 7]);
  });

  it('has the mean and the deviation of its samples', () => {
    const histogram = histogramOf([100, 200, 300]);
    expect(histogram.meanUs).toBeCloseTo(200, 0);
    expect(histogram.stdevUs).toBeCloseTo(Math.sqrt(20_000 / 3), 0);
  });
});
