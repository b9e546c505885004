import type { GatedMetric, ProfileId } from '../../model/gate-metric.ts';

export type { GatedMetric, ProfileId } from '../../model/gate-metric.ts';

/** Where a change begins to matter. All as relative slowdowns: 0.02 is 2 % worse. */
export interface Zone {
  /** Up to here is no change: a regression must lie beyond it for certain. */
  d0: number;
  /** From here a change is unacceptable: a pass must lie below it for certain. */
  d1: number;
  /** Smallest change in the unit of the metric that counts: what the instruments cannot resolve is no regression. */
  floor: number;
  /** Advisory metrics are judged and shown, but fail no gate. */
  advisory: boolean;
}

const DEFAULT: Readonly<Record<GatedMetric, Zone>> = {
  cpuUsPerRequest: { d0: 0.02, d1: 0.07, floor: 0.2, advisory: false },
  memoryRssMeanBytes: { d0: 0.03, d1: 0.08, floor: 524_288, advisory: false },
  latencyP50Us: { d0: 0.03, d1: 0.1, floor: 3, advisory: false },
  throughputRps: { d0: 0.05, d1: 0.15, floor: 0, advisory: false },
  latencyP99Us: { d0: 0.1, d1: 0.3, floor: 10, advisory: false },
};

/**
 * The zone of a metric. On two CPUs or fewer the tail belongs to the scheduler as much as to the target: p99 advises.
 * A limit that the user chose takes the place of d1, keeps the proportion of the zone, and is never advisory.
 */
export function zoneOf(metric: GatedMetric, profile: ProfileId, logicalCpus: number, limit?: number): Zone {
  const zone = DEFAULT[metric];
  const advisory = metric === 'latencyP99Us' && logicalCpus <= 2;
  const profiled =
    profile === 'strict' && metric === 'cpuUsPerRequest' ? { ...zone, d0: 0.01, d1: 0.05 } : zone;
  if (limit === undefined) return { ...profiled, advisory };
  return { ...profiled, d0: (limit * profiled.d0) / profiled.d1, d1: limit, advisory: false };
}

/** Launches after which the evidence is looked at. */
export const LOOKS = [8, 12, 16, 20, 24] as const;
/** Looks of the confirmation, on fresh launches. */
export const CONFIRMATION_LOOKS = [8, 12] as const;

/** Chance that a run without any change shows a red cell, over all gated cells and looks. */
export const RED_ALPHA = 0.01;
/** Chance, a cell, that a pass hides a slowdown of d1. */
export const PASS_ALPHA = 0.05;
/** Chance that a confirmation repeats a red cell that is none, over all red cells. */
export const CONFIRMATION_ALPHA = 0.05;
/** A gain beyond this ratio means that something else was measured (an error page, a cache). */
export const IMPLAUSIBLE_RATIO = 0.5;
