/** What a cell sorts by; null for a cell without a value. */
export type Key = number | string | null;

/** What has no value stands last, whichever way is sorted. */
export function compareKeys(a: Key, b: Key, sign: number): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  if (typeof a === 'number' && typeof b === 'number') return sign * (a - b);
  return sign * String(a).localeCompare(String(b));
}
