import { formatShare, formatUs } from '../../base/units.ts';
import type { Reason } from '../../model/reason.ts';
import { countAtMost } from '../latency-share.ts';
import type { Evidence } from './measured.ts';

/** Far outside ordinary spread: this many medians. */
const STALL_MEDIANS = 20;
/** A stall of this share of the window belongs into p99.9. */
const STALL_SHARE = 0.001;

/**
 * Coordinated omission (Tene, 2013): a closed loop stops sending while the target stalls, so a stall that takes a share
 * s of the window leaves only about one slow sample a connection. Its signature: latencies near the maximum come from at
 * least half of the connections, and their share of all samples is below half of the stall's share of the time, so that
 * every upper percentile is too low. No sample is invented to make up for it; the trial says so instead.
 */
export function judgeTail({ load, responseTime, windowUs, context }: Evidence): Reason[] {
  if (load.loop.kind !== 'closed' || responseTime.count === 0 || windowUs <= 0) return [];
  const { maxUs, count } = responseTime;
  const timeShare = maxUs / windowUs;
  if (timeShare < STALL_SHARE || maxUs < STALL_MEDIANS * responseTime.percentileUs(50)) return [];
  const slow = count - countAtMost(responseTime, maxUs / 2);
  const sampleShare = slow / count;
  const places = load.connections * (context.pipelining ?? 1);
  if (slow < places / 2 || sampleShare > timeShare / 2) return [];
  const detail = `a stall of ${formatUs(maxUs)} took ${formatShare(timeShare)} of the window, but ${formatShare(sampleShare)} of the samples`;
  return [{ code: 'TAIL_NOT_REPRESENTATIVE', detail }];
}
