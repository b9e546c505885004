import { formatNumber, formatShare } from '../../base/units.ts';
import type { PublishedRow } from './published-row.ts';

/** Rows within this of the fastest row stand at a common limit. */
const CEILING_SHARE = 0.98;
const MIN_CLUSTER = 8;
/** Rates that fall off evenly would put this multiple fewer rows there. */
const MIN_SHARE = 0.2;

/**
 * Many rows just below the fastest one, which is where a load generator's ceiling lies: at least eight of them, and at
 * least a fifth of all rows of the group. Only a closed loop can tell: at a given rate everyone stands together.
 */
export function clusterAtCeiling(rows: readonly PublishedRow[]): string | null {
  const rates = rows
    .filter((row) => row.loop !== 'open')
    .flatMap(({ rps }) => (rps === null || rps <= 0 ? [] : [rps]))
    .toSorted((a, b) => a - b);
  // A few rows above the crowd do not lift the ceiling: the crowd's upper end is where most rows fit into 2 %.
  const best = rates.reduce<number[]>((found, top, i) => {
    const crowd = rates.slice(0, i + 1).filter((rate) => rate >= top * CEILING_SHARE);
    return crowd.length > found.length ? crowd : found;
  }, []);
  const top = best.at(-1) ?? 0;
  const isUpper = rates.filter((rate) => rate > top).length <= rates.length * 0.05;
  if (best.length < MIN_CLUSTER || best.length < rates.length * MIN_SHARE || !isUpper) return null;
  return `${best.length} of ${rates.length} rows (${formatShare(best.length / rates.length, 0)}) lie between ${formatNumber(best[0] ?? 0)} and ${formatNumber(top)} req/s: the ceiling of the load generator, not of the servers`;
}
