import { formatShare, formatUs, US_PER_MS } from '../../base/units.ts';
import { imbalance, type Outcome, OUTCOMES } from '../../model/counts.ts';
import type { Reason } from '../../model/reason.ts';
import type { Evidence } from './measured.ts';

/** `sent` equals the sum of all outcomes as integers, and a window without a response has nothing to publish. */
export function judgeAccounting({ load }: Evidence): Reason[] {
  const reasons: Reason[] = [];
  const missing = imbalance(load.counts);
  if (missing !== 0) {
    const detail = `sent ${load.counts.sent}, outcomes ${load.counts.sent - missing}: a difference of ${missing}`;
    reasons.push({ code: 'COUNTS_UNBALANCED', detail });
  }
  if (load.completedInWindow === 0 || load.counts.ok === 0) {
    const detail = `${load.completedInWindow} responses in the window, ${load.counts.ok} correct ones`;
    reasons.push({ code: 'NO_SAMPLES', detail });
  }
  return reasons;
}

/**
 * One wrong or missing answer fails a trial, even one in a million: a loopback loses nothing, so each has a cause in the
 * target, and every tolerance above zero would have to be defended and could be used up on purpose. The counts are shown,
 * and the other rounds of the cell stand.
 * `unfinished` alone may be innocent: requests still in flight when a drain ended that was no longer than the slowest
 * answers took. And where the driver ran out of ports or files (DRIVER_LIMIT), a connection that could not be made says
 * nothing of the target.
 */
export function judgeOutcomes(evidence: Evidence): Reason[] {
  const { counts, reasons } = evidence.load;
  const innocent = new Set<Outcome>(['ok', 'unfinished']);
  if (reasons.some(({ code }) => code === 'DRIVER_LIMIT')) innocent.add('connectError');
  const wrong = OUTCOMES.filter((outcome) => !innocent.has(outcome) && counts[outcome] > 0);
  const seen = wrong.map((outcome) => `${counts[outcome]} ${outcome}`);
  const unanswered = unexplainedUnfinished(evidence);
  if (unanswered !== null) seen.push(unanswered);
  if (seen.length === 0) return [];
  const share = formatShare((counts.sent - counts.ok) / Math.max(1, counts.sent), 4);
  return [{ code: 'TARGET_ERRORS', detail: `${seen.join(', ')} of ${counts.sent} requests (${share})` }];
}

function unexplainedUnfinished({ load, context, responseTime }: Evidence): string | null {
  const { unfinished } = load.counts;
  const drainUs = context.scenario.drain * US_PER_MS;
  if (unfinished === 0 || responseTime.maxUs >= drainUs) return null;
  const slowest = formatUs(responseTime.maxUs);
  return `${unfinished} unanswered after the drain of ${formatUs(drainUs)} (slowest answer ${slowest})`;
}
