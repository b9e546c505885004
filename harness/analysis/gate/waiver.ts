import { formatShare } from '../../base/units.ts';
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

/** Why the waiver of a cell does not cover it, or null where it has none. */
export function lapseOf(waivers: readonly Waiver[], cell: CellId, today: string): string | null {
  const own = waivers
    .filter((waiver) => sameCell(waiver, cell))
    .toSorted((a, b) => (a.expires < b.expires ? 1 : -1))[0];
  if (own === undefined) return null;
  return own.expires < today
    ? `its waiver ended on ${own.expires}`
    : `its waiver allows no more than ${formatShare(own.maxSlowdown, 1)}`;
}
