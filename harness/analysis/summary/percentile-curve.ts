import type { LatencyHistogram } from '../../histogram/latency-histogram.ts';
import type { PercentileCurve } from '../../model/summary.ts';

/** Points in each half of the distance that is left to 100 %, as HdrHistogram's own listing has by default. */
const TICKS_PER_HALF_DISTANCE = 5;

/** The distribution of a histogram at percentiles that close in on 100 %; absent where it is empty. */
export function percentileCurve(histogram: LatencyHistogram): PercentileCurve | undefined {
  const { count } = histogram;
  if (count === 0) return undefined;
  return {
    points: curvePercentiles(count).map((percentile) => ({
      percentile,
      latencyUs: histogram.percentileUs(percentile),
      count: Math.max(1, Math.ceil((percentile / 100) * count)),
    })),
    samples: count,
    meanUs: histogram.meanUs,
    stdevUs: histogram.stdevUs,
    maxUs: histogram.maxUs,
  };
}

/** 0, then steps that halve with the distance left, as long as a sample lies beyond them; 100 last. */
function curvePercentiles(count: number): number[] {
  const percentiles: number[] = [];
  let percentile = 0;
  while (((100 - percentile) / 100) * count >= 1) {
    percentiles.push(percentile);
    const halvings = Math.floor(Math.log2(100 / (100 - percentile)));
    percentile += 100 / (TICKS_PER_HALF_DISTANCE * 2 ** (halvings + 1));
  }
  return [...percentiles, 100];
}
