import { HarnessError, type ErrorCode } from '../base/errors.ts';

/** Picks the items with the wanted ids, in their own order; an unknown id is an error that names the nearest one. */
export function selectById<T extends { id: string }>(
  items: readonly T[],
  wanted: readonly string[] | undefined,
  flag: string,
  code: ErrorCode,
): T[] {
  if (wanted === undefined) return [...items];
  for (const id of wanted) {
    if (items.some((item) => item.id === id)) continue;
    const near = nearest(
      id,
      items.map((item) => item.id),
    );
    const hint = near === null ? '' : `; did you mean "${near}"?`;
    throw new HarnessError(
      code,
      `${flag}: no "${id}" here (there are ${items.map((item) => item.id).join(', ')})${hint}`,
    );
  }
  return items.filter((item) => wanted.includes(item.id));
}

function nearest(id: string, known: readonly string[]): string | null {
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(id, candidate) }))
    .toSorted((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= Math.min(3, Math.ceil(id.length / 2)) ? best.candidate : null;
}

/** Levenshtein distance, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [i, charA] of a.split('').entries()) {
    const next = [i + 1];
    for (const [j, charB] of b.split('').entries()) {
      const substitution = (row[j] ?? 0) + (charA === charB ? 0 : 1);
      next.push(Math.min(substitution, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
