import { formatShare, formatUs } from '../base/units.ts';
import { LatencyHistogram } from '../histogram/latency-histogram.ts';
import type { LoadResult } from '../model/load.ts';
import type { Reason } from '../model/reason.ts';
import { median } from './order.ts';

/** Mean service times in µs of two short loads, one just after the other: all of one path, and each of a path of its own. */
export interface CachingPair {
  fixedUs: number;
  variedUs: number;
}

/** A path that is answered faster by more than this is not answered by the same work. */
const CACHED_GAIN = 0.1;
/** Of eight pairs at most one may say the opposite: by chance alone (sign test) that happens in 3.5 % of audits. */
const MAX_CONTRARY_SHARE = 1 / 8;

/** The mean service time of a load, in µs. */
export function meanServiceUs({ histograms }: LoadResult): number {
  const serviceTime = LatencyHistogram.decode(histograms.serviceTime);
  try {
    return serviceTime.meanUs;
  } finally {
    serviceTime.destroy();
  }
}

/** How much longer varied paths take, as a share of what the fixed one takes: the median over the pairs. */
export function cachingGain(pairs: readonly CachingPair[]): number {
  return median(pairs.map(({ fixedUs, variedUs }) => variedUs / fixedUs - 1));
}

/** The note on a target that answers the same path again faster than others, or nothing. */
export function judgeCaching(pairs: readonly CachingPair[]): Reason[] {
  const gain = cachingGain(pairs);
  const contrary = pairs.filter(({ fixedUs, variedUs }) => variedUs <= fixedUs).length;
  if (gain <= CACHED_GAIN || contrary > pairs.length * MAX_CONTRARY_SHARE) return [];
  return [{ code: 'RESPONSE_CACHED', detail: describeCaching(pairs) }];
}

/** What was seen, in a sentence. */
export function describeCaching(pairs: readonly CachingPair[]): string {
  const fixedUs = median(pairs.map((pair) => pair.fixedUs));
  const variedUs = median(pairs.map((pair) => pair.variedUs));
  return (
    `one path ${formatUs(fixedUs)}, a path for each request ${formatUs(variedUs)} ` +
    `(${formatShare(cachingGain(pairs), 0)} longer, median of ${pairs.length} pairs)`
  );
}
