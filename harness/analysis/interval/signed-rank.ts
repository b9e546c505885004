import { ascending, median, nth } from '../order.ts';
import { CONFIDENCE, type Estimate, type Interval } from './interval.ts';

/** Beyond this many values the exact distribution costs more than it is worth: callers hold launches, not requests. */
const MAX_VALUES = 400;
const distributions = new Map<number, readonly number[]>();

/**
 * P(W <= w) of Wilcoxon's signed-rank statistic (1945) of n values under symmetry around 0, exactly: each rank from 1 to n
 * counts with probability one half, so the distribution is the product of (1 + x^rank) / 2.
 */
export function signedRankCdf(n: number, w: number): number {
  if (w < 0) return 0;
  const cumulative = cumulativeOf(n);
  return cumulative[Math.min(Math.floor(w), cumulative.length - 1)] ?? 1;
}

function cumulativeOf(n: number): readonly number[] {
  if (n > MAX_VALUES) throw new RangeError(`no exact signed-rank distribution for ${n} values`);
  const known = distributions.get(n);
  if (known !== undefined) return known;
  let density = [1];
  for (let rank = 1; rank <= n; rank++) {
    const next = Array.from<number>({ length: density.length + rank }).fill(0);
    for (const [sum, p] of density.entries()) {
      next[sum] = (next[sum] ?? 0) + p / 2;
      next[sum + rank] = (next[sum + rank] ?? 0) + p / 2;
    }
    density = next;
  }
  let total = 0;
  const cumulative = density.map((p) => (total += p));
  distributions.set(n, cumulative);
  return cumulative;
}

/** All n(n + 1)/2 means of two values, each with itself included, in ascending order (Walsh, 1949). */
export function walshAverages(values: readonly number[]): number[] {
  return ascending(values.flatMap((a, i) => values.slice(i).map((b) => (a + b) / 2)));
}

/** The centre of symmetry: the median of the Walsh averages (Hodges and Lehmann, 1963). */
export function hodgesLehmann(values: readonly number[]): number {
  return median(walshAverages(values));
}

/**
 * One-sided p of "the centre is not above `bound`": the chance of so few Walsh averages at or below it. Ties count
 * against the claim. The lower bound of the interval at level alpha exceeds `bound` exactly when this p is at most alpha.
 */
export function signedRankAboveP(values: readonly number[], bound: number): number {
  const within = walshAverages(values).filter((average) => average <= bound).length;
  return signedRankCdf(values.length, within);
}

/**
 * One-sided lower confidence bound of the centre of symmetry, each bound erring with probability at most `alpha`
 * (Tukey 1949, by inversion of the signed-rank test; Lehmann 1975); null where n is too small for that alpha (2^-n).
 */
export function signedRankLowerBound(values: readonly number[], alpha: number): number | null {
  const drop = droppedAverages(values.length, alpha);
  return drop === 0 ? null : nth(walshAverages(values), drop - 1);
}

export function signedRankUpperBound(values: readonly number[], alpha: number): number | null {
  const lower = signedRankLowerBound(
    values.map((value) => -value),
    alpha,
  );
  return lower === null ? null : -lower;
}

/** The largest j for which P(W <= j - 1) does not exceed alpha: the bound is the j-th smallest Walsh average. */
function droppedAverages(n: number, alpha: number): number {
  if (n === 0) return 0;
  const above = cumulativeOf(n).findIndex((p) => p > alpha);
  return Math.max(0, above);
}

/** Hodges-Lehmann estimate with the exact two-sided interval; it exists for 95 % from six values on. */
export function signedRankInterval(values: readonly number[], confidence: number = CONFIDENCE): Estimate {
  const tail = (1 - confidence) / 2;
  const low = signedRankLowerBound(values, tail);
  const high = signedRankUpperBound(values, tail);
  const interval: Interval | null = low === null || high === null ? null : { low, high };
  return { estimate: hodgesLehmann(values), interval };
}
