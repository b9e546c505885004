import { derivedSeed, type Random, randomIndex, seededRandom } from '../../base/random.ts';
import type { GatedMetric } from '../../model/gate-metric.ts';
import { METRICS } from '../../model/metric.ts';
import { judgeCell } from './cell.ts';
import { confirmReds } from './confirm.ts';
import type { LaunchDifference } from './launch-difference.ts';
import { CONFIRMATION_LOOKS, LOOKS, RED_ALPHA, type Zone } from './profile.ts';

/** In how many of the replayed gate runs a cell ended in each way. */
export interface ReplayedCounts {
  runs: number;
  /** Red before confirmation, and red again on fresh launches. */
  red: number;
  confirmed: number;
  /** With improvements: whatever lets a change through as shown. */
  pass: number;
  inconclusive: number;
}

/** One cell of an A/A run: base and head were the same. */
export interface StoredCell {
  metric: GatedMetric;
  zone: Zone;
  launches: readonly LaunchDifference[];
}

/** What holds for every run that is replayed. */
export interface ReplayPlan {
  /** Gated cells of a run that the error is shared among. */
  cells: number;
  /** Launches that the budget pays for, in every run or in each of them; looks beyond them do not take place. */
  affordable: number | readonly number[];
  runs: number;
  seed: number;
}

/**
 * Whole gate runs of one cell from stored launches: each draws launches with replacement, turns about half of them round
 * (under no change the arms are exchangeable), and multiplies the injection (a slowdown, relative) in. What the machine did
 * stays what it was.
 */
export function replayCell(cell: StoredCell, injection: number, plan: ReplayPlan): ReplayedCounts {
  const counts: ReplayedCounts = { runs: plan.runs, red: 0, confirmed: 0, pass: 0, inconclusive: 0 };
  for (let run = 0; run < plan.runs; run++) {
    const { looks, fresh } = drawRun([cell], injection, plan, run)[0] ?? { looks: [], fresh: [] };
    const { kind } = judgeCell(looks, rulesOf(cell, plan));
    if (kind === 'regression') {
      counts.red++;
      const differences = fresh.flatMap(({ d }) => (d === null ? [] : [d]));
      if (confirmReds([{ fresh: differences, d0: cell.zone.d0 }])[0] === true) counts.confirmed++;
    } else if (kind === 'pass' || kind === 'improvement') counts.pass++;
    else counts.inconclusive++;
  }
  return counts;
}

/** Whole gate runs without any change: in how many of them any cell turned red, before confirmation. */
export function replayAnyRed(cells: readonly StoredCell[], plan: ReplayPlan): number {
  let reds = 0;
  for (let run = 0; run < plan.runs; run++) {
    const drawn = drawRun(cells, 0, plan, run);
    const isRed = cells.some(
      (cell, i) => judgeCell(drawn[i]?.looks ?? [], rulesOf(cell, plan)).kind === 'regression',
    );
    if (isRed) reds++;
  }
  return reds;
}

function rulesOf({ zone }: StoredCell, { cells }: ReplayPlan): Parameters<typeof judgeCell>[1] {
  return { zone, looks: LOOKS, redAlpha: RED_ALPHA / cells };
}

/** What the minutes of a gate run go to. */
export interface RunCosts {
  budgetMs: number;
  /** Of a launch whatever it measures: start, sentinel, first rounds. */
  launchMs: number;
  /** More for each scenario that is still open. */
  scenarioMs: number;
  /** The other scenarios, and after how many launches each is closed because all its cells are decided. */
  others: readonly { ms: number; closedAfter: number }[];
}

/** Launches of a scenario that stays open: one begins as long as the budget is not spent, and closed scenarios cost nothing. */
export function affordableLaunches({ budgetMs, launchMs, scenarioMs, others }: RunCosts): number {
  const last = LOOKS.at(-1) ?? 0;
  let spentMs = 0;
  for (let made = 0; made < last; made++) {
    if (spentMs > budgetMs) return made;
    const open = others.filter(({ closedAfter }) => made < closedAfter);
    spentMs += launchMs + scenarioMs + open.reduce((sum, { ms }) => sum + ms, 0);
  }
  return last;
}

/** In each run, the launches after which every cell of a scenario is decided where nothing is planted; the last look where one never is. */
export function decidedAfter(cells: readonly StoredCell[], plan: ReplayPlan): number[] {
  const last = LOOKS.at(-1) ?? 0;
  return Array.from({ length: plan.runs }, (_, run) => {
    const drawn = drawRun(cells, 0, { ...plan, affordable: last }, run);
    return Math.max(
      ...cells.map((cell, i) => {
        const outcome = judgeCell(drawn[i]?.looks ?? [], rulesOf(cell, plan));
        return outcome.kind === 'inconclusive' || outcome.kind === 'invalid'
          ? last
          : outcome.evidence.launches;
      }),
    );
  });
}

interface DrawnLaunches {
  looks: LaunchDifference[];
  fresh: LaunchDifference[];
}

/** Cells of one run share their launches, and which way round each is taken: what moved them together still does. */
function drawRun(
  cells: readonly StoredCell[],
  injection: number,
  { affordable, seed }: ReplayPlan,
  run: number,
): DrawnLaunches[] {
  const random: Random = seededRandom(derivedSeed(seed, run));
  const stored = Math.min(...cells.map(({ launches }) => launches.length));
  const paid = typeof affordable === 'number' ? affordable : (affordable[run] ?? 0);
  const looked = Math.min(paid, LOOKS.at(-1) ?? 0);
  const draws = Array.from({ length: looked + (CONFIRMATION_LOOKS.at(-1) ?? 0) }, () => ({
    index: randomIndex(random, stored),
    turned: random.next() < 0.5,
  }));
  return cells.map(({ launches, metric }) => {
    const drawn = draws.map(({ index, turned }) => injected(launches[index], metric, injection, turned));
    return { looks: drawn.slice(0, looked), fresh: drawn.slice(looked) };
  });
}

function injected(
  launch: LaunchDifference | undefined,
  metric: GatedMetric,
  injection: number,
  turned: boolean,
): LaunchDifference {
  if (launch === undefined) throw new RangeError('no launch is stored');
  // A launch that was disturbed whole stays one: it counts against the run as it did.
  if (launch.d === null) return launch;
  const worse = METRICS[metric].better === 'higher' ? 1 / (1 + injection) : 1 + injection;
  const [base, head] = turned ? [launch.head, launch.base] : [launch.base, launch.head];
  const d = (turned ? -launch.d : launch.d) + Math.log1p(injection);
  return { ...launch, d, base, head: head === null ? null : head * worse };
}
