import type { LatencyHistogram } from '../histogram/latency-histogram.ts';

/**
 * How many samples of a histogram do not exceed `us`, within the histogram's precision: the inverse of its percentile
 * function, found by bisection over ranks (about 20 look-ups for a million samples).
 */
export function countAtMost(histogram: LatencyHistogram, us: number): number {
  const total = histogram.count;
  if (total === 0 || us < histogram.minUs) return 0;
  if (us >= histogram.maxUs) return total;
  let within = 1;
  let beyond = total;
  while (beyond - within > 1) {
    const rank = Math.floor((within + beyond) / 2);
    // A quarter rank down: whether the histogram rounds or takes the ceiling, it comes to this rank and not the next.
    if (histogram.percentileUs((100 * (rank - 0.25)) / total) <= us) within = rank;
    else beyond = rank;
  }
  return within;
}

/** Share of the samples that do not exceed `us`; 0 when there are none. */
export function shareAtMost(histogram: LatencyHistogram, us: number): number {
  return histogram.count === 0 ? 0 : countAtMost(histogram, us) / histogram.count;
}
