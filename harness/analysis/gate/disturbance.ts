import { formatNumber, formatShare } from '../../base/units.ts';
import type { SliceRecord } from '../../model/gate-record.ts';
import { median } from '../order.ts';

/** Other work may come and go by this share of our CPUs before the pace of two neighbouring slices no longer compares. */
const BURST_SHARE = 0.25;
/** Beyond these shares nothing compares any more: neither pace, nor what a server costs, which others can only blur. */
const FOREIGN_MAX_SHARE = { pace: 0.5, cost: 0.75 } as const;
const STEAL_MAX_SHARE = 0.1;

/** Metrics of pace are what a server achieves, and lose what others take; those of cost are what it spends itself. */
export type MetricKind = keyof typeof FOREIGN_MAX_SHARE;

/**
 * Evidence against each slice of a launch that does not depend on what the slice measured: its own faults, and other
 * work on the machine. Steady background work meets both arms alike and cancels in the ratio; what spoils a pair of paces
 * is a burst, so foreign CPU time is held against the median of the launch.
 */
export function disturbances(
  slices: readonly SliceRecord[],
  cpus: number,
  kind: MetricKind,
): (string | null)[] {
  const foreign = slices.flatMap(({ foreignCpuCores }) =>
    foreignCpuCores === null ? [] : [foreignCpuCores],
  );
  const background = foreign.length === 0 ? 0 : median(foreign);
  const most = FOREIGN_MAX_SHARE[kind] * cpus;
  const limit = kind === 'pace' ? Math.min(background + BURST_SHARE * cpus, most) : most;
  return slices.map((slice) => {
    if (slice.fault !== null) return slice.fault;
    if (slice.stealShare !== null && slice.stealShare > STEAL_MAX_SHARE) {
      return `the hypervisor took ${formatShare(slice.stealShare, 0)} of CPU time`;
    }
    const cores = slice.foreignCpuCores;
    return cores !== null && cores > limit
      ? `other work took ${formatNumber(cores)} of ${cpus} CPUs, ${formatNumber(background)} in the launch`
      : null;
  });
}
