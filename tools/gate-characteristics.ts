import { gateRunOf } from '../harness/analysis/gate/from-record.ts';
import { LOOKS, zoneOf } from '../harness/analysis/gate/profile.ts';
import {
  affordableLaunches,
  decidedAfter,
  type ReplayedCounts,
  replayAnyRed,
  replayCell,
  type ReplayPlan,
  type StoredCell,
} from '../harness/analysis/gate/replay.ts';
import { replayUsualRules, type StoredPaces } from '../harness/analysis/gate/usual-rules.ts';
import type { GateCell } from '../harness/analysis/gate/verdict.ts';
import { proportionInterval } from '../harness/analysis/interval/proportion-interval.ts';
import { median, variance } from '../harness/analysis/order.ts';
import { METRICS } from '../harness/model/metric.ts';
import type { GatedMetric, ProfileId } from '../harness/model/gate-metric.ts';
import type { GateRecord } from '../harness/model/gate-record.ts';

/** Slowdowns that are multiplied into the stored launches. */
const INJECTIONS = [0, 0.02, 0.05, 0.07, 0.1, 0.15, 0.2, 0.25];
const MS_PER_MINUTE = 60_000;

/** What the gate promises: a share of runs, at least or at most. */
interface Promise {
  claim: string;
  metric: GatedMetric;
  profile: ProfileId;
  injection: number;
  counted: 'confirmed' | 'pass';
  limit: number;
}

const CATCHES: readonly Promise[] = [
  { claim: 'CPU +5 % caught', metric: 'cpuUsPerRequest', profile: 'strict', injection: 0.05, counted: 'confirmed', limit: 0.95 },
  { claim: 'CPU +7 % caught', metric: 'cpuUsPerRequest', profile: 'default', injection: 0.07, counted: 'confirmed', limit: 0.95 },
  { claim: 'CPU +10 % caught', metric: 'cpuUsPerRequest', profile: 'default', injection: 0.1, counted: 'confirmed', limit: 0.99 },
  { claim: 'memory +10 % caught', metric: 'memoryRssMeanBytes', profile: 'default', injection: 0.1, counted: 'confirmed', limit: 0.99 },
  { claim: 'p50 +10 % caught', metric: 'latencyP50Us', profile: 'default', injection: 0.1, counted: 'confirmed', limit: 0.9 },
  { claim: 'throughput: 20 % more time a request caught', metric: 'throughputRps', profile: 'default', injection: 0.2, counted: 'confirmed', limit: 0.95 },
];

interface Characterised extends StoredCell {
  scenarioId: string;
  profile: ProfileId;
}

export interface CharacteristicsOptions {
  runs: number;
  budgetMinutes: number;
}

/** What the gate makes of the stored launches of an A/A run, as Markdown: promises, noise, power curves. */
export function characteristics(record: GateRecord, options: CharacteristicsOptions): string {
  const run = gateRunOf(record);
  const usable = run.cells.filter(({ bound, problems }) => (bound ?? null) === null && problems.length === 0);
  const cells = usable.flatMap((cell) => profilesOf(cell).map((profile) => characterised(cell, profile, run.logicalCpus)));
  const gated = cells.filter(({ zone, profile }) => !zone.advisory && profile === 'default');
  // The gate shares its error among all that were declared, before it knows which of them the driver set.
  const declared = run.declared.filter(({ metric }) => !zoneOf(metric, 'default', run.logicalCpus).advisory).length;
  const unlimited: ReplayPlan = { cells: declared, affordable: LOOKS.at(-1) ?? 0, runs: options.runs, seed: record.settings.seed };
  const costs = costsOf(record);
  const planOf = budgetPlans(cells, unlimited, costs, options.budgetMinutes);
  const { environment } = record;
  const targets = record.pairs.map(({ id }) => id).join(', ');
  return [
    `${options.runs} gate runs a row, each drawn from the ${record.launches.length} stored launches of \`${record.id}\` (${targets}, the same server on both sides):`,
    `${declared} gated cells in ${record.scenarios.length} ${record.scenarios.length === 1 ? 'scenario' : 'scenarios'}. ${costsText(costs)}`,
    `${options.budgetMinutes} minutes pay for ${launchesText(cells.map(planOf))} of a scenario that stays open; one whose cells are all decided is closed, as in a run, and takes no more.`,
    `${environment.cpuModel}, ${environment.logicalCpus} CPUs, kernel ${environment.kernel}, Node.js ${environment.node}.`,
    ...leftOut(run.cells),
    'Intervals are exact (Clopper and Pearson, 95 %); they bound the chance of the replay, not what these launches did not meet.',
    '',
    ...promisesTable(cells, replayAnyRed(gated, unlimited), planOf),
    '',
    ...noiseTable(gated),
    '',
    ...powerTable(cells, pacesOf(record), planOf),
  ].join('\n');
}

function leftOut(cells: readonly GateCell[]): string[] {
  return cells.flatMap(({ metric, scenarioId, bound, problems }) => {
    const why = problems[0] ?? bound ?? null;
    return why === null ? [] : [`Left out: ${METRICS[metric].title} (${scenarioId}), ${why}.`];
  });
}

function profilesOf({ metric }: GateCell): ProfileId[] {
  return metric === 'cpuUsPerRequest' ? ['default', 'strict'] : ['default'];
}

function characterised(cell: GateCell, profile: ProfileId, logicalCpus: number): Characterised {
  const { metric, scenarioId, launches } = cell;
  return { metric, scenarioId, profile, zone: zoneOf(metric, profile, logicalCpus), launches };
}

/** Medians, in ms: what a launch takes apart from its scenarios, and each of these. */
interface LaunchCosts {
  launchMs: number;
  scenarioMs: ReadonlyMap<string, number>;
}

/** From the start of one launch to that of the next: what a budget is really spent on. */
function costsOf({ launches, scenarios }: GateRecord): LaunchCosts {
  const looks = launches.filter(({ phase }) => phase === 'look');
  const starts = looks.map(({ startedAt }) => Date.parse(startedAt));
  const steps = starts.slice(1).map((start, i) => start - (starts[i] ?? start));
  const wholeMs = steps.length === 0 ? (looks[0]?.durationMs ?? 0) : median(steps);
  const scenarioMs = new Map(
    scenarios.map(({ id }) => {
      const took = looks.flatMap((launch) => launch.scenarios.flatMap(({ scenarioId, durationMs = 0 }) => (scenarioId === id ? [durationMs] : [])));
      return [id, took.length === 0 ? 0 : median(took)] as const;
    }),
  );
  return { launchMs: wholeMs - [...scenarioMs.values()].reduce((sum, ms) => sum + ms, 0), scenarioMs };
}

function costsText({ launchMs, scenarioMs }: LaunchCosts): string {
  const seconds = (ms: number): string => `${(ms / 1_000).toFixed(0)} s`;
  const each = [...scenarioMs].flatMap(([id, ms]) => (ms > 0 ? [`${seconds(ms)} for ${id}`] : []));
  return `A launch takes ${[seconds(launchMs), ...each].join(' + ')}.`;
}

function launchesText(plans: readonly ReplayPlan[]): string {
  const counts = plans.flatMap(({ affordable }) => affordable);
  const [fewest, most] = [Math.min(...counts), Math.max(...counts)];
  return `${fewest === most ? '' : `${fewest} to `}${most} launches`;
}

/** For each cell the plan of runs in which it alone is slower, so that the other scenarios close as they do without any change. */
function budgetPlans(
  cells: readonly Characterised[],
  unlimited: ReplayPlan,
  { launchMs, scenarioMs }: LaunchCosts,
  budgetMinutes: number,
): (cell: Characterised) => ReplayPlan {
  const plans = new Map<string, ReplayPlan>();
  return ({ scenarioId, profile }) => {
    const key = `${profile} ${scenarioId}`;
    const known = plans.get(key);
    if (known !== undefined) return known;
    const others = [...scenarioMs].flatMap(([id, ms]) => {
      const theirs = cells.filter((cell) => cell.scenarioId === id && !cell.zone.advisory && (cell.profile === profile || cell.metric !== 'cpuUsPerRequest'));
      return id === scenarioId || theirs.length === 0 ? [] : [{ ms, closed: decidedAfter(theirs, unlimited) }];
    });
    const affordable = Array.from({ length: unlimited.runs }, (_, run) =>
      affordableLaunches({
        budgetMs: budgetMinutes * MS_PER_MINUTE,
        launchMs,
        scenarioMs: scenarioMs.get(scenarioId) ?? 0,
        others: others.map(({ ms, closed }) => ({ ms, closedAfter: closed[run] ?? 0 })),
      }),
    );
    const plan = { ...unlimited, affordable };
    plans.set(key, plan);
    return plan;
  };
}

type PlanOf = (cell: Characterised) => ReplayPlan;

function promisesTable(cells: readonly Characterised[], reds: ReplayedCounts['red'], planOf: PlanOf): string[] {
  const [first] = cells;
  const runs = first === undefined ? 0 : planOf(first).runs;
  const rows = [row('A/A: any red cell, before confirmation', 'all', reds, runs, 'at most', 0.01)];
  for (const { claim, metric, profile, injection, counted, limit } of CATCHES) {
    for (const cell of cells.filter((each) => each.metric === metric && each.profile === profile)) {
      rows.push(row(`${claim}${profile === 'strict' ? ', strict' : ''}`, cell.scenarioId, replayCell(cell, injection, planOf(cell))[counted], runs, 'at least', limit));
    }
  }
  for (const cell of cells.filter(({ zone }) => !zone.advisory)) {
    const claim = `${METRICS[cell.metric].title} ${percent(cell.zone.d1)} worse called a pass${cell.profile === 'strict' ? ', strict' : ''}`;
    rows.push(row(claim, cell.scenarioId, replayCell(cell, cell.zone.d1, planOf(cell)).pass, runs, 'at most', 0.05));
  }
  return ['| promise | scenario | limit | seen | 95 % interval | |', '|---|---|--:|--:|--:|---|', ...rows];
}

function row(claim: string, scenario: string, count: number, runs: number, side: 'at least' | 'at most', limit: number): string {
  const { low, high } = proportionInterval(count, runs);
  const share = count / runs;
  const [isShown, isKept] = side === 'at least' ? [low >= limit, share >= limit] : [high <= limit, share <= limit];
  const word = isShown ? 'shown' : isKept ? 'seen, not shown' : 'missed';
  return `| ${claim} | ${scenario} | ${side} ${percent(limit)} | ${percent(share)} | ${percent(low)} to ${percent(high)} | ${word} |`;
}

function noiseTable(cells: readonly Characterised[]): string[] {
  const rows = cells.map(({ metric, scenarioId, launches, zone }) => {
    const differences = launches.flatMap(({ d }) => (d === null ? [] : [d]));
    const deviation = differences.length < 2 ? '' : percent(Math.sqrt(variance(differences)), 2);
    return `| ${METRICS[metric].title} | ${scenarioId} | ${differences.length} | ${deviation} | ${percent(zone.d0)}, ${percent(zone.d1)} |`;
  });
  return ['| metric | scenario | launches | standard deviation of a launch | no change up to, unacceptable from |', '|---|---|--:|--:|--:|', ...rows];
}

function powerTable(cells: readonly Characterised[], paces: ReadonlyMap<string, StoredPaces[]>, planOf: PlanOf): string[] {
  const rows = cells.flatMap((cell) =>
    INJECTIONS.map((injection) => {
      const plan = planOf(cell);
      const usual = replayUsualRules(cell, paces.get(cell.scenarioId) ?? [], { injection, runs: plan.runs, seed: plan.seed });
      const columns = [
        ...sharesOf(replayCell(cell, injection, plan)),
        ...[usual.lastValuePlusTenth, usual.sequentialMannWhitney, usual.autocannonCompare].map((count) => (count === null ? '' : percent(count / plan.runs))),
      ];
      return `| ${METRICS[cell.metric].title} | ${cell.scenarioId} | ${cell.profile} | ${injection === 0 ? 'A/A' : `+${percent(injection, 0)}`} | ${columns.join(' | ')} |`;
    }),
  );
  return [
    '| metric | scenario | profile | planted | red | confirmed | pass | inconclusive | last value × 110 % | sequential Mann-Whitney | autocannon-compare |',
    '|---|---|---|--:|--:|--:|--:|--:|--:|--:|--:|',
    ...rows,
  ];
}

function sharesOf({ runs, red, confirmed, pass, inconclusive }: ReplayedCounts): string[] {
  return [red, confirmed, pass, inconclusive].map((count) => percent(count / runs));
}

/** Requests a second of both arms in each launch, by scenario. */
function pacesOf(record: GateRecord): Map<string, StoredPaces[]> {
  const paces = new Map<string, StoredPaces[]>();
  for (const { scenarioId, blocks } of record.launches.flatMap(({ scenarios }) => scenarios)) {
    const of = (arm: 'base' | 'head'): number[] =>
      blocks.flat().flatMap((slice) => (slice.arm === arm && slice.throughputRps !== null ? [slice.throughputRps] : []));
    paces.set(scenarioId, [...(paces.get(scenarioId) ?? []), { base: of('base'), head: of('head') }]);
  }
  return paces;
}

function percent(share: number, digits = 1): string {
  return `${(share * 100).toFixed(digits)} %`;
}
