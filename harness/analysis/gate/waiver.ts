import type { CellId, Waiver } from '../../model/gate-report.ts';

export type { CellId, Waiver } from '../../model/gate-report.ts';

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
