import { formatNumber, formatShare } from '../../base/units.ts';
import type { SliceRecord } from '../../model/gate-record.ts';
import { median } from '../order.ts';

/** Other work may come and go by this share of our CPUs before two neighbouring slices no longer compare. */
const BURST_SHARE = 0.15;
/** Beyond this share nothing that competes for CPU compares any more. */
const FOREIGN_MAX_SHARE = 0.5;
const STEAL_MAX_SHARE = 0.1;

/**
 * Evidence against each slice of a launch that does not depend on what the slice measured: its own faults, and other
 * work on the machine. Steady background work meets both arms alike and cancels in the ratio; what spoils a pair is a
 * burst, so foreign CPU time is held against the median of the launch.
 */
export function disturbances(slices: readonly SliceRecord[], cpus: number): (string | null)[] {
  const foreign = slices.flatMap(({ foreignCpuCores }) =>
    foreignCpuCores === null ? [] : [foreignCpuCores],
  );
  const background = foreign.length === 0 ? 0 : median(foreign);
  return slices.map((slice) => {
    if (slice.fault !== null) return slice.fault;
    if (slice.stealShare !== null && slice.stealShare > STEAL_MAX_SHARE) {
      return `the hypervisor took ${formatShare(slice.stealShare, 0)} of CPU time`;
    }
    const cores = slice.foreignCpuCores;
    if (cores === null) return null;
    const limit = Math.min(background + BURST_SHARE * cpus, FOREIGN_MAX_SHARE * cpus);
    return cores > limit
      ? `other work took ${formatNumber(cores)} of ${cpus} CPUs, ${formatNumber(background)} in the launch`
      : null;
  });
}
