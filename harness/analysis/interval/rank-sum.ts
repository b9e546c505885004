import { ascending, median, nth } from '../order.ts';
import { CONFIDENCE, type Estimate } from './interval.ts';

/**
 * P(U <= u) of the Mann-Whitney statistic (1947) of samples of m and n values from one distribution, exactly, by the
 * recurrence of Mann and Whitney: the largest of all values belongs to either sample.
 */
export function rankSumCdf(m: number, n: number, u: number): number {
  if (u < 0) return 0;
  const cumulative = cumulativeOf(m, n);
  return cumulative[Math.min(Math.floor(u), cumulative.length - 1)] ?? 1;
}

const distributions = new Map<string, readonly number[]>();

function cumulativeOf(m: number, n: number): readonly number[] {
  const key = `${m}/${n}`;
  const known = distributions.get(key);
  if (known !== undefined) return known;
  // rows[j] is the distribution for i values against j, built up one i at a time.
  let rows: number[][] = Array.from({ length: n + 1 }, () => [1]);
  for (let i = 1; i <= m; i++) {
    const next: number[][] = [[1]];
    for (let j = 1; j <= n; j++) {
      // The largest value is one of the i (it then exceeds all j others) or one of the j.
      next.push(mixture(rows[j] ?? [], j, i / (i + j), next[j - 1] ?? [], j / (i + j), i * j));
    }
    rows = next;
  }
  let total = 0;
  const cumulative = (rows[n] ?? [1]).map((p) => (total += p));
  distributions.set(key, cumulative);
  return cumulative;
}

function mixture(
  shifted: readonly number[],
  by: number,
  weight: number,
  other: readonly number[],
  otherWeight: number,
  largest: number,
): number[] {
  return Array.from(
    { length: largest + 1 },
    (_, u) => weight * (shifted[u - by] ?? 0) + otherWeight * (other[u] ?? 0),
  );
}

/**
 * By how much `b` lies above `a`: the median of all differences with its exact interval (Hodges and Lehmann 1963; Lehmann
 * 1975, by inversion of the Mann-Whitney test). For 95 % both need four values, or three and five.
 */
export function shiftInterval(
  a: readonly number[],
  b: readonly number[],
  confidence: number = CONFIDENCE,
): Estimate {
  const differences = ascending(b.flatMap((y) => a.map((x) => y - x)));
  const tail = (1 - confidence) / 2;
  const drop = Math.max(
    0,
    cumulativeOf(a.length, b.length).findIndex((p) => p > tail),
  );
  const interval =
    drop === 0
      ? null
      : { low: nth(differences, drop - 1), high: nth(differences, differences.length - drop) };
  return { estimate: median(differences), interval };
}
