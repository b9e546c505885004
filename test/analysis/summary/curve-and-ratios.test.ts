import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pairRatios } from '../../../harness/analysis/summary/pair-ratios.ts';
import { percentileCurve } from '../../../harness/analysis/summary/percentile-curve.ts';
import type { RankedTarget } from '../../../harness/analysis/summary/ranking.ts';
import { LatencyHistogram } from '../../../harness/histogram/latency-histogram.ts';

function curveOf(latenciesUs: readonly number[]): ReturnType<typeof percentileCurve> {
  const histogram = new LatencyHistogram();
  for (const us of latenciesUs) histogram.record(us);
  const curve = percentileCurve(histogram);
  histogram.destroy();
  return curve;
}

describe('the percentile curve', () => {
  it('rises from the first sample to the last, whatever they are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 300 }),
        (latencies) => {
          const points = curveOf(latencies)?.points ?? [];
          expect(points[0]).toMatchObject({ percentile: 0 });
          expect(points.at(-1)).toMatchObject({ percentile: 100, count: latencies.length });
          for (const [i, point] of points.entries()) {
            const before = points[i - 1];
            if (before === undefined) continue;
            expect(point.percentile).toBeGreaterThan(before.percentile);
            expect(point.latencyUs).toBeGreaterThanOrEqual(before.latencyUs);
            expect(point.count).toBeGreaterThanOrEqual(before.count);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('has five points in each half of the distance to 100 %, and none beyond the last sample', () => {
    const points = curveOf(Array.from({ length: 1_000 }, (_, i) => i + 1))?.points ?? [];
    const inSecondQuarter = points.filter(({ percentile }) => percentile >= 50 && percentile < 75);
    expect(inSecondQuarter).toHaveLength(5);
    const last = points.at(-2)?.percentile ?? 0;
    expect((1 - last / 100) * 1_000).toBeGreaterThanOrEqual(1);
  });

  it('is absent where there is no sample', () => {
    expect(curveOf([])).toBeUndefined();
  });
});

describe('the ratio of two targets', () => {
  const target = (targetId: string, values: number[]): RankedTarget => ({
    targetId,
    estimate: values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0,
    byRound: new Map(values.map((value, round) => [round, value])),
  });

  it('is that of better over worse, with an interval around it', () => {
    const [ratio] = pairRatios(
      [target('slow', [50, 51, 49, 50]), target('fast', [100, 101, 99, 102])],
      'throughputRps',
    );
    expect(ratio).toMatchObject({ better: 'fast', worse: 'slow' });
    expect(ratio?.estimate).toBeCloseTo(2.01, 1);
    expect(ratio?.low).toBeLessThan(ratio?.estimate ?? 0);
    expect(ratio?.high).toBeGreaterThan(ratio?.estimate ?? 0);
  });

  it('turns round for a metric of which less is better', () => {
    const [ratio] = pairRatios([target('slow', [50, 51, 49]), target('fast', [25, 26, 25])], 'latencyP50Us');
    expect(ratio).toMatchObject({ better: 'fast', worse: 'slow' });
    expect(ratio?.estimate).toBeLessThan(1);
  });

  it('uses only rounds that both have, and is absent below three of them', () => {
    const gaps = {
      ...target('b', [10, 11, 12]),
      byRound: new Map([
        [0, 10],
        [7, 11],
        [8, 12],
      ]),
    };
    expect(pairRatios([target('a', [20, 21, 22]), gaps], 'throughputRps')).toEqual([]);
  });
});
