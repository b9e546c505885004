import { formatNumber, formatShare, formatUs, US_PER_MS, US_PER_S } from '../base/units.ts';
import type { MeasuredWindow } from '../model/load.ts';
import type { Reason } from '../model/reason.ts';

const LAG_FLOOR_US = 5 * US_PER_MS;
const LAG_SHARE = 0.1;
const RATE_TOLERANCE = 0.01;
/** At few requests one that goes out just after the end is more than the tolerance. */
const RATE_TOLERANCE_REQUESTS = 2;

/** How an open loop kept its schedule over the measured window. */
export interface ScheduleRecord {
  window: MeasuredWindow;
  /** Requests due within the window, and requests sent within it, whenever they were due. */
  due: number;
  sentInWindow: number;
  /** How late the driver noticed that a request was due: not the wait for a connection, which is the target's doing. */
  loopLagP99Us: number;
  loopLagMaxUs: number;
  responseP99Us: number;
}

/** What an open loop has to say against its own figures. */
export function judgeSchedule(record: ScheduleRecord): Reason[] {
  const { due, sentInWindow, window, loopLagP99Us, loopLagMaxUs, responseP99Us } = record;
  const reasons: Reason[] = [];
  const limitUs = Math.max(LAG_FLOOR_US, LAG_SHARE * responseP99Us);
  if (due > 0 && loopLagP99Us > limitUs) {
    const seen = `lag p99 ${formatUs(loopLagP99Us)}, max ${formatUs(loopLagMaxUs)}`;
    reasons.push({ code: 'DRIVER_LAG', detail: `${seen}; the limit is ${formatUs(limitUs)}` });
  }
  const missed = Math.abs(due - sentInWindow);
  if (missed > RATE_TOLERANCE_REQUESTS && missed > RATE_TOLERANCE * due) {
    const seconds = (window.endUs - window.startUs) / US_PER_S;
    const rates = `${formatNumber(sentInWindow / seconds)} of ${formatNumber(due / seconds)} req/s sent`;
    reasons.push({ code: 'RATE_MISSED', detail: `${rates} (${formatShare(sentInWindow / due)})` });
  }
  return reasons;
}
