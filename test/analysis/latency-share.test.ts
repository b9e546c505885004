import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countAtMost, shareAtMost } from '../../harness/analysis/latency-share.ts';
import { LatencyHistogram } from '../../harness/histogram/latency-histogram.ts';

function withHistogram<T>(latenciesUs: readonly number[], use: (histogram: LatencyHistogram) => T): T {
  const histogram = new LatencyHistogram();
  for (const us of latenciesUs) histogram.record(us);
  const result = use(histogram);
  histogram.destroy();
  return result;
}

describe('the share of samples at or below a latency', () => {
  it('counts exactly where the histogram is exact (below 2 ms)', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 2_000 }), { minLength: 1, maxLength: 200 }),
        fc.integer({ min: 0, max: 2_100 }),
        (latencies, us) => {
          const expected = latencies.filter((latency) => latency <= us).length;
          expect(withHistogram(latencies, (histogram) => countAtMost(histogram, us))).toBe(expected);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('is right to the precision of the histogram for a large sample', () => {
    const latencies = Array.from({ length: 100_000 }, (_, i) => i + 1);
    const share = withHistogram(latencies, (histogram) => shareAtMost(histogram, 73_000));
    expect(share).toBeCloseTo(0.73, 2);
  });

  it('is 0 for an empty histogram', () => {
    expect(withHistogram([], (histogram) => shareAtMost(histogram, 10))).toBe(0);
  });
});
