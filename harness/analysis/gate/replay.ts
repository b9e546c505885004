import { derivedSeed, type Random, randomIndex, seededRandom } from '../../base/random.ts';
import type { GatedMetric } from '../../model/gate-metric.ts';
import { METRICS } from '../../model/metric.ts';
import { rankSumCdf } from '../interval/rank-sum.ts';
import { median } from '../order.ts';
import { judgeCell } from './cell.ts';
import { confirmReds } from './confirm.ts';
import type { LaunchDifference } from './launch-difference.ts';
import { CONFIRMATION_LOOKS, LOOKS, RED_ALPHA, type Zone } from './profile.ts';

/** How often replayed gate runs ended in each way, as shares. */
export interface ReplayedShares {
  red: number;
  confirmed: number;
  pass: number;
  inconclusive: number;
}

export interface ReplayInput {
  /** Launches of one cell in an A/A run: base and head were the same. */
  launches: readonly LaunchDifference[];
  metric: GatedMetric;
  zone: Zone;
  /** Gated cells of the run that the error is shared among. */
  cells: number;
  /** Slowdown that is multiplied in. */
  injection: number;
  runs: number;
  seed: number;
}

/**
 * Whole gate runs from stored launches: each draws launches with replacement, turns about half of them round (under no
 * change the arms are exchangeable), and multiplies the injection in. What the machine did stays what it was.
 */
export function replayGate(input: ReplayInput): ReplayedShares {
  const counts = { red: 0, confirmed: 0, pass: 0, inconclusive: 0 };
  const rules = { zone: input.zone, looks: LOOKS, redAlpha: RED_ALPHA / input.cells };
  const longest = (LOOKS.at(-1) ?? 0) + (CONFIRMATION_LOOKS.at(-1) ?? 0);
  for (let run = 0; run < input.runs; run++) {
    const random = seededRandom(derivedSeed(input.seed, run));
    const drawn = Array.from({ length: longest }, () => drawLaunch(input, random));
    const { kind } = judgeCell(drawn.slice(0, LOOKS.at(-1)), rules);
    if (kind === 'regression') {
      counts.red++;
      const fresh = drawn.slice(LOOKS.at(-1)).flatMap(({ d }) => (d === null ? [] : [d]));
      if (confirmReds([{ fresh, d0: input.zone.d0 }])[0] === true) counts.confirmed++;
    } else if (kind === 'pass') counts.pass++;
    else counts.inconclusive++;
  }
  const share = (count: number): number => count / input.runs;
  return {
    red: share(counts.red),
    confirmed: share(counts.confirmed),
    pass: share(counts.pass),
    inconclusive: share(counts.inconclusive),
  };
}

function drawLaunch({ launches, metric, injection }: ReplayInput, random: Random): LaunchDifference {
  const drawn = launches[randomIndex(random, launches.length)];
  if (drawn === undefined || drawn.d === null) {
    return { d: null, base: null, head: null, pairs: 4, dropped: { pairs: 4, base: 4, head: 4 } };
  }
  const turned = random.next() < 0.5;
  const worse = METRICS[metric].better === 'higher' ? 1 / (1 + injection) : 1 + injection;
  const [base, head] = turned ? [drawn.head, drawn.base] : [drawn.base, drawn.head];
  return {
    ...drawn,
    d: (turned ? -drawn.d : drawn.d) + Math.log1p(injection),
    base,
    head: head === null ? null : head * worse,
  };
}

/** How often the usual rules would have called the same launches a regression, as shares. */
export interface UsualRules {
  /** One value now is more than a tenth worse than one stored before. */
  lastValuePlusTenth: number;
  /** Ten runs of one, then ten of the other; Mann-Whitney, two-sided p below 0.05, worse. */
  sequentialMannWhitney: number;
}

/** The usual rules on the same stored launches, with the same injection; they see values, not interleaved ratios. */
export function replayUsualRules({ launches, metric, injection, runs, seed }: ReplayInput): UsualRules {
  const lower = METRICS[metric].better === 'lower';
  const values = launches.flatMap(({ base, head }) =>
    base === null || head === null ? [] : [{ base, head }],
  );
  if (values.length < 2) return { lastValuePlusTenth: Number.NaN, sequentialMannWhitney: Number.NaN };
  const counts = { last: 0, sequential: 0 };
  for (let run = 0; run < runs; run++) {
    const random = seededRandom(derivedSeed(seed, run));
    const worse = (value: number): number => (lower ? value * (1 + injection) : value / (1 + injection));
    const draw = (arm: 'base' | 'head'): number =>
      values[randomIndex(random, values.length)]?.[arm] ?? Number.NaN;
    const before = draw('base');
    const after = worse(draw('head'));
    if (lower ? after > before * 1.1 : after < before / 1.1) counts.last++;
    // One after the other: each side comes from a stretch of its own, as it would on a machine that drifts.
    const stretch = Math.min(10, values.length >> 1);
    const start = randomIndex(random, values.length - 2 * stretch + 1);
    const first = values.slice(start, start + stretch).map(({ base }) => base);
    const second = values.slice(start + stretch, start + 2 * stretch).map(({ head }) => worse(head));
    const isWorse = lower ? median(second) > median(first) : median(second) < median(first);
    if (isWorse && mannWhitneyP(first, second) < 0.05) counts.sequential++;
  }
  return { lastValuePlusTenth: counts.last / runs, sequentialMannWhitney: counts.sequential / runs };
}

/** Two-sided exact p of the Mann-Whitney test. */
function mannWhitneyP(a: readonly number[], b: readonly number[]): number {
  const above = a.reduce((sum, x) => sum + b.filter((y) => y > x).length, 0);
  const smaller = Math.min(above, a.length * b.length - above);
  return Math.min(1, 2 * rankSumCdf(a.length, b.length, smaller));
}
