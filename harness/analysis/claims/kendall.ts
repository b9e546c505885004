import { normalCdf } from '../distribution.ts';

/** All orders of so many values are counted; beyond, the distribution is near enough to the normal one. */
const MAX_EXACT = 8;

/** Two values of each thing that was ranked twice. */
export type Pairing = readonly (readonly [first: number, second: number])[];

/**
 * Kendall's tau-b (1945): concordant less discordant pairs, over the geometric mean of the pairs that are not tied in either
 * order. Its two-sided p under no relation is exact up to eight values, by counting all orders of the second values as they
 * are, ties included; beyond that the normal approximation with the variance for ties (Kendall 1970, chapter 4) and a
 * correction for continuity. Null for fewer than two values, or where all values of a side are tied.
 */
export function kendallTauB(pairs: Pairing): { tauB: number; p: number } | null {
  const first = pairs.map(([value]) => value);
  const second = pairs.map(([, value]) => value);
  const total = (pairs.length * (pairs.length - 1)) / 2;
  const untied = (total - tiedPairs(first)) * (total - tiedPairs(second));
  if (pairs.length < 2 || untied === 0) return null;
  const score = scoreOf(first, second);
  const p = pairs.length <= MAX_EXACT ? exactP(first, second, score) : normalP(first, second, score);
  return { tauB: score / Math.sqrt(untied), p };
}

/** Concordant less discordant pairs. */
function scoreOf(first: readonly number[], second: readonly number[]): number {
  let score = 0;
  for (const [i, a] of first.entries()) {
    for (let j = 0; j < i; j++) {
      score += Math.sign(a - (first[j] ?? a)) * Math.sign((second[i] ?? 0) - (second[j] ?? 0));
    }
  }
  return score;
}

function tieSizes(values: readonly number[]): number[] {
  const sizes = new Map<number, number>();
  for (const value of values) sizes.set(value, (sizes.get(value) ?? 0) + 1);
  return [...sizes.values()];
}

function tiedPairs(values: readonly number[]): number {
  return tieSizes(values).reduce((sum, size) => sum + (size * (size - 1)) / 2, 0);
}

function exactP(first: readonly number[], second: readonly number[], score: number): number {
  let orders = 0;
  let extreme = 0;
  for (const order of permutations(second)) {
    orders++;
    if (Math.abs(scoreOf(first, order)) >= Math.abs(score)) extreme++;
  }
  return extreme / orders;
}

function* permutations(values: readonly number[]): Generator<readonly number[]> {
  if (values.length < 2) yield values;
  else {
    for (const [i, value] of values.entries()) {
      for (const rest of permutations(values.toSpliced(i, 1))) yield [value, ...rest];
    }
  }
}

function normalP(first: readonly number[], second: readonly number[], score: number): number {
  const n = first.length;
  const [t, u] = [tieSizes(first), tieSizes(second)];
  const sum = (sizes: readonly number[], term: (size: number) => number): number =>
    sizes.reduce((all, size) => all + term(size), 0);
  const spread = (size: number): number => size * (size - 1) * (2 * size + 5);
  const couples = (size: number): number => size * (size - 1);
  const triples = (size: number): number => size * (size - 1) * (size - 2);
  const variance =
    (spread(n) - sum(t, spread) - sum(u, spread)) / 18 +
    (sum(t, triples) * sum(u, triples)) / (9 * triples(n)) +
    (sum(t, couples) * sum(u, couples)) / (2 * couples(n));
  const distance = Math.max(0, Math.abs(score) - 1);
  return Math.min(1, 2 * normalCdf(-distance / Math.sqrt(variance)));
}
