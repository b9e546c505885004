import type { GatedMetric } from './profile.ts';

export interface CellId {
  targetId: string;
  scenarioId: string;
  metric: GatedMetric;
}

/** A slowdown that someone accepted, for a while. */
export interface Waiver extends CellId {
  /** Largest slowdown allowed, relative: 0.1 is 10 %. */
  maxSlowdown: number;
  /** Last day on which it holds, as YYYY-MM-DD. */
  expires: string;
  reason: string;
}

export function sameCell(a: CellId, b: CellId): boolean {
  return a.targetId === b.targetId && a.scenarioId === b.scenarioId && a.metric === b.metric;
}

/**
 * The waiver that covers a slowdown on a day (YYYY-MM-DD), or null: the cell's own, not expired, and not exceeded for
 * certain (`lower` is the lower bound of the slowdown).
 */
export function waiverFor(
  waivers: readonly Waiver[],
  cell: CellId,
  lower: number,
  today: string,
): Waiver | null {
  return (
    waivers.find(
      (waiver) => sameCell(waiver, cell) && waiver.expires >= today && lower <= waiver.maxSlowdown,
    ) ?? null
  );
}
