import { holmRejects } from '../holm.ts';
import { tTestP } from '../interval/t-interval.ts';
import { mean, median, variance } from '../order.ts';

/** Logarithms of what a target reached, by round number. */
export type LogsByRound = ReadonlyMap<number, number>;

const FAMILY_ERROR = 0.05;
/** How many targets may vary far more than the rest before the family-wise error is at risk. */
const WILD_TARGETS = 2;

/**
 * Which pairs of targets differ, as a matrix: `higher[i][j]` says that i lies above j. The chance that any of these statements
 * is wrong is at most 5 %. Two of Student's tests (1908) on differences paired by round, because what disturbs a round disturbs
 * every target in it, must agree:
 *
 * - The family: with the variance of all pairs pooled, as in a two-way layout, and Holm's correction (1979) over all pairs. Exact
 *   where all targets vary alike; the pair's own variance counts where it is larger.
 * - The pair: with its own variance alone, at 5 % over the number of targets that may vary far more than the rest.
 *
 * What follows from two statements is stated too: it is wrong only where one of them is. Assumes rounds that are independent and
 * logarithms that are about normal; tails heavier than that make the tests keep silent. Fewer than two common rounds tell nothing.
 */
export function provenOrder(targets: readonly LogsByRound[]): boolean[][] {
  const pairs = targets.flatMap((_, i) =>
    targets.slice(i + 1).map((__, rest) => pairOf(targets, i, i + 1 + rest)),
  );
  const compared = pairs.filter(({ differences }) => differences.length > 1);
  const higher = targets.map(() => targets.map(() => false));
  if (compared.length === 0) return higher;
  const family = holmRejects(familyPs(targets, compared), FAMILY_ERROR);
  const ownSpread = spreadsOf(targets);
  const pairLevel = FAMILY_ERROR / Math.min(WILD_TARGETS, targets.length - 1);
  for (const [at, { i, j, differences, centre }] of compared.entries()) {
    const n = differences.length;
    const own = Math.max(variance(differences), (ownSpread[i] ?? 0) + (ownSpread[j] ?? 0));
    if (family[at] !== true || tTestP({ centre, variance: own, n, df: n - 1 }) > pairLevel) continue;
    const [above, below] = centre > 0 ? [i, j] : [j, i];
    const row = higher[above];
    if (row !== undefined) row[below] = true;
  }
  return transitiveClosure(higher);
}

interface Pair {
  i: number;
  j: number;
  /** ln of i over j in every round that both have. */
  differences: number[];
  centre: number;
}

function pairOf(targets: readonly LogsByRound[], i: number, j: number): Pair {
  const other = targets[j];
  const differences = [...(targets[i] ?? [])].flatMap(([round, value]) => {
    const beside = other?.get(round);
    return beside === undefined ? [] : [value - beside];
  });
  return { i, j, differences, centre: differences.length === 0 ? 0 : mean(differences) };
}

function familyPs(targets: readonly LogsByRound[], pairs: readonly Pair[]): number[] {
  const squares = pairs.reduce(
    (sum, { differences }) => sum + (differences.length - 1) * variance(differences),
    0,
  );
  const weight = pairs.reduce((sum, { differences }) => sum + differences.length - 1, 0);
  const pooled = squares / weight;
  // Values less the effects of targets and of rounds.
  const values = targets.reduce((sum, { size }) => sum + size, 0);
  const rounds = new Set(targets.flatMap((byRound) => [...byRound.keys()])).size;
  const df = Math.max(1, values - targets.length - rounds + 1);
  return pairs.map(({ differences, centre }) =>
    tTestP({ centre, variance: Math.max(pooled, variance(differences)), n: differences.length, df }),
  );
}

/** The variance of each target beside the median of all targets, which no single one can move far. */
function spreadsOf(targets: readonly LogsByRound[]): number[] {
  const centred = targets.map((byRound) => {
    const centre = byRound.size === 0 ? 0 : mean([...byRound.values()]);
    return new Map([...byRound].map(([round, value]) => [round, value - centre]));
  });
  return centred.map((byRound) => {
    if (byRound.size < 2) return 0;
    return variance(
      [...byRound].map(([round, value]) => value - median(centred.flatMap((each) => each.get(round) ?? []))),
    );
  });
}

function transitiveClosure(higher: readonly boolean[][]): boolean[][] {
  const closed = higher.map((row) => [...row]);
  for (const via of closed.keys()) {
    for (const row of closed) {
      if (row[via] !== true) continue;
      for (const [below, known] of (closed[via] ?? []).entries()) row[below] ||= known;
    }
  }
  return closed;
}
