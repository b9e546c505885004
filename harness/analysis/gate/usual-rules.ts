import { derivedSeed, type Random, randomIndex, seededRandom } from '../../base/random.ts';
import { METRICS } from '../../model/metric.ts';
import { studentCdf } from '../distribution.ts';
import { rankSumCdf } from '../interval/rank-sum.ts';
import { mean, median, variance } from '../order.ts';
import type { StoredCell } from './replay.ts';

/** In how many replays a usual rule would have called the same launches a regression; null where it does not apply. */
export interface UsualRules {
  /** One value now is more than a tenth worse than one stored before. */
  lastValuePlusTenth: number;
  /** Up to ten runs of one, then as many of the other; Mann-Whitney, two-sided p below 0.05, worse. */
  sequentialMannWhitney: number;
  /** Two runs of autocannon; `autocannonCompareWorse` on their requests a second. Null for other metrics. */
  autocannonCompare: number | null;
}

/** One run of a load generator: requests in each of its seconds. */
export type PacePerSecond = readonly number[];

/** The paces of both arms of a launch, second by second. */
export type StoredPaces = Readonly<Record<'base' | 'head', PacePerSecond>>;

interface Plan {
  injection: number;
  runs: number;
  seed: number;
}

/**
 * The usual rules on the same stored launches, with the same injection; they see values, not interleaved ratios. What is
 * compared comes from different launches, as a stored result and a new one do.
 */
export function replayUsualRules(
  { launches, metric }: StoredCell,
  paces: readonly StoredPaces[],
  plan: Plan,
): UsualRules {
  const lower = METRICS[metric].better === 'lower';
  const worse = (value: number): number =>
    lower ? value * (1 + plan.injection) : value / (1 + plan.injection);
  const values = launches.flatMap(({ base, head }) =>
    base === null || head === null ? [] : [{ base, head }],
  );
  const usesPace = metric === 'throughputRps' && paces.length >= 2;
  const counts: UsualRules = {
    lastValuePlusTenth: 0,
    sequentialMannWhitney: 0,
    autocannonCompare: usesPace ? 0 : null,
  };
  if (values.length < 2) return { ...counts, autocannonCompare: null };
  for (let run = 0; run < plan.runs; run++) {
    const random = seededRandom(derivedSeed(plan.seed, run));
    const [before, after] = twoOf(values, random);
    const now = worse(after);
    if (lower ? now > before * 1.1 : now < before / 1.1) counts.lastValuePlusTenth++;
    const [first, second] = twoStretches(values, random);
    if (isRankedWorse(first, second.map(worse), lower)) counts.sequentialMannWhitney++;
    if (usesPace) {
      const [stored, fresh] = twoOf(paces, random);
      if (autocannonCompareWorse(stored, fresh.map(worse)))
        counts.autocannonCompare = (counts.autocannonCompare ?? 0) + 1;
    }
  }
  return counts;
}

/** An arm of one launch, and an arm of another. */
function twoOf<T>(launches: readonly Readonly<Record<'base' | 'head', T>>[], random: Random): [T, T] {
  const first = randomIndex(random, launches.length);
  const second = (first + 1 + randomIndex(random, launches.length - 1)) % launches.length;
  const [a, b] = [launches[first], launches[second]];
  if (a === undefined || b === undefined) throw new RangeError('two launches are needed');
  return [a[arm(random)], b[arm(random)]];
}

function arm(random: Random): 'base' | 'head' {
  return random.next() < 0.5 ? 'base' : 'head';
}

/** One after the other: each side comes from a stretch of its own, as it would on a machine that drifts. */
function twoStretches(
  values: readonly Readonly<Record<'base' | 'head', number>>[],
  random: Random,
): [number[], number[]] {
  const length = Math.min(10, Math.max(4, Math.floor(values.length / 3)), values.length >> 1);
  const start = randomIndex(random, values.length - 2 * length + 1);
  const [a, b] = [arm(random), arm(random)];
  const of = (from: number, side: 'base' | 'head'): number[] =>
    values.slice(from, from + length).map((value) => value[side]);
  return [of(start, a), of(start + length, b)];
}

function isRankedWorse(first: readonly number[], second: readonly number[], lower: boolean): boolean {
  const isWorse = lower ? median(second) > median(first) : median(second) < median(first);
  return isWorse && mannWhitneyP(first, second) < 0.05;
}

/** Two-sided exact p of the Mann-Whitney test. */
function mannWhitneyP(a: readonly number[], b: readonly number[]): number {
  const above = a.reduce((sum, x) => sum + b.filter((y) => y > x).length, 0);
  const smaller = Math.min(above, a.length * b.length - above);
  return Math.min(1, 2 * rankSumCdf(a.length, b.length, smaller));
}

const AUTOCANNON_ALPHA = 0.1;
const AUTOCANNON_SHARE = 0.05;

/**
 * Whether autocannon-compare (0.4) lets `before` win over `after`: requests a second more than 5 % higher, and Welch's test
 * (1947) rejects at 10 % with the standard deviation of the seconds but the number of *requests* as the sample size, so
 * that it practically always does.
 */
export function autocannonCompareWorse(before: PacePerSecond, after: PacePerSecond): boolean {
  const difference = mean(before) / mean(after) - 1;
  return difference > AUTOCANNON_SHARE && welchP(before, after) < AUTOCANNON_ALPHA;
}

function welchP(before: PacePerSecond, after: PacePerSecond): number {
  const [a, b] = [before, after].map((pace) => {
    const requests = pace.reduce((sum, each) => sum + each, 0);
    return { centre: mean(pace), error: variance(pace) / requests, df: requests - 1 };
  });
  if (a === undefined || b === undefined || a.error + b.error === 0) return 0;
  const t = Math.abs(a.centre - b.centre) / Math.sqrt(a.error + b.error);
  const df = (a.error + b.error) ** 2 / (a.error ** 2 / a.df + b.error ** 2 / b.df);
  return 2 * (1 - studentCdf(t, df));
}
