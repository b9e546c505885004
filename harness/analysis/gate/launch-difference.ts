import { METRICS } from '../../model/metric.ts';
import { binomialCdf } from '../distribution.ts';
import { median } from '../order.ts';
import type { Arm } from './plan.ts';
import type { GatedMetric } from './profile.ts';

/** One second of load on one arm. */
export interface Slice {
  arm: Arm;
  /** Null where the metric could not be read. */
  value: number | null;
  /** Evidence, independent of the value, that the slice is disturbed (pressure, driver lag, missed rate), or null. */
  disturbed: string | null;
}

/** Four slices in the order in which they ran, as `armsOf` says. */
export type Block = readonly Slice[];

export interface LaunchDifference {
  /** Median over adjacent pairs of ln(head / base), signed so that + is worse; null when no pair is left. */
  d: number | null;
  /** Median value of each arm over the pairs that counted, in the metric's unit. */
  base: number | null;
  head: number | null;
  pairs: number;
  /** Pairs that were dropped, by the arm whose slice was disturbed (both arms count where both were). */
  dropped: { pairs: number; base: number; head: number };
  /** The first evidence against a pair that was dropped. */
  why?: string;
}

/** What one launch says about one metric. Pairs are never dropped by value. */
export function launchDifference(blocks: readonly Block[], metric: GatedMetric): LaunchDifference {
  const sign = METRICS[metric].better === 'higher' ? -1 : 1;
  const ratios: number[] = [];
  const values: Record<Arm, number[]> = { base: [], head: [] };
  const dropped = { pairs: 0, base: 0, head: 0 };
  let pairs = 0;
  let why: string | undefined;
  for (const [first, second] of blocks.flatMap(adjacentPairs)) {
    pairs++;
    const unusable = [first, second].filter((slice) => slice.disturbed !== null || !isPositive(slice.value));
    if (unusable.length > 0) {
      dropped.pairs++;
      why ??= unusable.find(({ disturbed }) => disturbed !== null)?.disturbed ?? undefined;
      for (const slice of unusable) dropped[slice.arm]++;
      continue;
    }
    const head = (first.arm === 'head' ? first : second).value ?? Number.NaN;
    const base = (first.arm === 'base' ? first : second).value ?? Number.NaN;
    ratios.push(sign * Math.log(head / base));
    values.base.push(base);
    values.head.push(head);
  }
  const middle = (list: readonly number[]): number | null => (list.length === 0 ? null : median(list));
  const figures = { d: middle(ratios), base: middle(values.base), head: middle(values.head) };
  return { ...figures, pairs, dropped, ...(why === undefined ? {} : { why }) };
}

function adjacentPairs(block: Block): [Slice, Slice][] {
  const pairs: [Slice, Slice][] = [];
  for (let i = 0; i + 1 < block.length; i += 2) {
    const first = block[i];
    const second = block[i + 1];
    if (first !== undefined && second !== undefined && first.arm !== second.arm) pairs.push([first, second]);
  }
  return pairs;
}

function isPositive(value: number | null): boolean {
  return value !== null && value > 0 && Number.isFinite(value);
}

const MAX_DROPPED_SHARE = 0.2;
const LOPSIDED_P = 0.01;

/**
 * Why so many pairs are missing that the rest cannot be trusted, or null. Drops that fall on one arm are evidence against
 * that arm, not against the machine: an exact binomial test tells chance from favour.
 */
export function dropProblem(launches: readonly LaunchDifference[]): string | null {
  const total = launches.reduce((sum, launch) => sum + launch.pairs, 0);
  const dropped = launches.reduce((sum, launch) => sum + launch.dropped.pairs, 0);
  const base = launches.reduce((sum, launch) => sum + launch.dropped.base, 0);
  const head = launches.reduce((sum, launch) => sum + launch.dropped.head, 0);
  if (total === 0) return 'no pair of slices was measured';
  if (dropped / total > MAX_DROPPED_SHARE) {
    const why = launches.find((launch) => launch.why !== undefined)?.why;
    const example = why === undefined ? '' : `, such as: ${why}`;
    return `${dropped} of ${total} pairs of slices were disturbed, more than ${MAX_DROPPED_SHARE * 100} %${example}`;
  }
  const fewer = Math.min(base, head);
  const lopsided = base + head > 0 && 2 * binomialCdf(fewer, base + head, 0.5) < LOPSIDED_P;
  return lopsided ? `disturbed slices are lopsided: ${base} of base, ${head} of head` : null;
}
