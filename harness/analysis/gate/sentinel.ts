import { formatShare } from '../../base/units.ts';
import type { SentinelFinding } from '../../model/gate-report.ts';
import { signedRankInterval } from '../interval/signed-rank.ts';

/**
 * Nothing changed between the two, so a difference that is shown to lie outside the no-change zone (95 %) is made by the
 * machine or by the harness, and every other difference of the run may be too.
 */
export function judgeSentinel(differences: readonly number[], d0: number): SentinelFinding {
  const { estimate, interval } =
    differences.length === 0 ? { estimate: 0, interval: null } : signedRankInterval(differences);
  if (interval === null) {
    return { kind: 'too-few', why: `${differences.length} sentinel launches give no 95 % interval` };
  }
  const zone = Math.log1p(d0);
  if (interval.low <= zone && interval.high >= -zone)
    return { kind: 'clean', estimate: Math.expm1(estimate) };
  const low = formatShare(Math.expm1(interval.low), 1);
  const high = formatShare(Math.expm1(interval.high), 1);
  return {
    kind: 'contaminated',
    why: `the reference server differs from itself by ${low} to ${high}, beyond ${formatShare(d0, 1)}`,
  };
}
