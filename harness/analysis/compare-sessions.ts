import type {
  ComparedCell,
  ComparedMetric,
  ComparedRanking,
  ComparedSide,
  ComparisonReport,
} from '../model/comparison.ts';
import type { MetricId } from '../model/metric.ts';
import type { Session } from '../model/session.ts';
import type { CellSummary, Summary } from '../model/summary.ts';
import { isMeasured } from '../model/trial.ts';
import { compareValues, type ComparedValues } from './compare.ts';
import { summarize } from './summarize.ts';
import { trialMetrics } from './trial-metrics.ts';

/** A session with the targets of it that take part. */
export interface ComparedSession {
  session: Session;
  targets: readonly string[];
}

/**
 * Compares the targets of two sides scenario by scenario: the k-th target of the baseline with the k-th of the candidate.
 * Within one session both met the same disturbances in each round and are paired by it; between sessions they are not.
 */
export function compareSessions(
  baseline: ComparedSession,
  candidate: ComparedSession,
  metrics: readonly MetricId[],
): ComparisonReport {
  const sides = [baseline, candidate].map((side) => ({ ...side, summary: summarize(side.session) }));
  const [a, b] = sides;
  if (a === undefined || b === undefined) return { cells: [], rankings: [], warnings: [] };
  const scenarios = a.session.scenarios.filter(({ id }) =>
    b.session.scenarios.some((each) => each.id === id),
  );
  const cells = scenarios.flatMap(({ id }) =>
    a.targets.flatMap((targetId, i) => {
      const other = b.targets[i];
      const pair = other === undefined ? null : cellPair(a, b, id, targetId, other);
      return pair === null ? [] : [compareCells(pair, metrics)];
    }),
  );
  const distinct = a.session.id === b.session.id ? [mergedSide(a, b)] : [a, b];
  return {
    cells,
    rankings: distinct.flatMap((side) => rankingsOf(side, metrics)),
    warnings: workWarnings(a.session, b.session),
  };
}

interface Side extends ComparedSession {
  summary: Summary;
}

interface CellPair {
  a: Side;
  b: Side;
  baseline: CellSummary;
  candidate: CellSummary;
}

function mergedSide(a: Side, b: Side): Side {
  return { ...a, targets: [...new Set([...a.targets, ...b.targets])] };
}

function cellPair(a: Side, b: Side, scenarioId: string, targetA: string, targetB: string): CellPair | null {
  const find = (side: Side, targetId: string): CellSummary | undefined =>
    side.summary.cells.find((cell) => cell.scenarioId === scenarioId && cell.targetId === targetId);
  const baseline = find(a, targetA);
  const candidate = find(b, targetB);
  return baseline === undefined || candidate === undefined ? null : { a, b, baseline, candidate };
}

function compareCells(pair: CellPair, metrics: readonly MetricId[]): ComparedCell {
  const { a, b, baseline, candidate } = pair;
  const side = (session: Session, cell: CellSummary): ComparedSide => ({
    sessionId: session.id,
    targetId: cell.targetId,
  });
  return {
    scenarioId: baseline.scenarioId,
    baseline: side(a.session, baseline),
    candidate: side(b.session, candidate),
    pairing: a.session.id === b.session.id ? 'paired' : 'separate',
    metrics: metrics.map((metric) => compareMetric(pair, metric)),
  };
}

function compareMetric({ a, b, baseline, candidate }: CellPair, metric: MetricId): ComparedMetric {
  const estimates = { baseline: estimateOf(baseline, metric), candidate: estimateOf(candidate, metric) };
  const unfit = [baseline, candidate].find(({ status }) => status !== 'valid');
  if (unfit !== undefined) {
    const why = unfit.reasons[0]?.code ?? 'nothing measured';
    const detail = `${unfit.targetId} has no valid figure in ${unfit.scenarioId} (${unfit.status}: ${why})`;
    return { metric, ...estimates, comparison: { kind: 'too-few', change: null, why: detail } };
  }
  const before = valuesByRound(a.session, baseline, metric);
  const after = valuesByRound(b.session, candidate, metric);
  const values = a.session.id === b.session.id ? paired(before, after) : separate(before, after);
  return { metric, ...estimates, comparison: compareValues(values, metric) };
}

function paired(before: ReadonlyMap<number, number>, after: ReadonlyMap<number, number>): ComparedValues {
  const rounds = [...before.keys()].filter((round) => after.has(round));
  const valuesOf = (side: ReadonlyMap<number, number>): number[] =>
    rounds.flatMap((round) => side.get(round) ?? []);
  return { kind: 'paired', baseline: valuesOf(before), candidate: valuesOf(after) };
}

function separate(before: ReadonlyMap<number, number>, after: ReadonlyMap<number, number>): ComparedValues {
  return { kind: 'separate', baseline: [...before.values()], candidate: [...after.values()] };
}

/** The value of each valid trial of a cell, by its round. */
function valuesByRound(session: Session, cell: CellSummary, metric: MetricId): Map<number, number> {
  const trials = session.trials
    .filter(isMeasured)
    .filter(({ verdict }) => verdict === 'valid')
    .filter(({ targetId, scenarioId }) => targetId === cell.targetId && scenarioId === cell.scenarioId)
    .toSorted((first, second) => first.round - second.round);
  return new Map(
    trials.flatMap((trial) => {
      const { value } = trialMetrics(trial)[metric];
      return value === null ? [] : [[trial.round, value] as const];
    }),
  );
}

function estimateOf(cell: CellSummary, metric: MetricId): number | null {
  const summary = cell.metrics[metric];
  return summary.kind === 'value' ? summary.estimate : null;
}

function rankingsOf({ session, summary, targets }: Side, metrics: readonly MetricId[]): ComparedRanking[] {
  return summary.rankings
    .filter(({ metric }) => metrics.includes(metric))
    .map(({ scenarioId, metric, places }) => ({
      sessionId: session.id,
      scenarioId,
      metric,
      places: places.filter(({ targetId }) => targets.includes(targetId)),
    }))
    .filter(({ places }) => places.length > 1);
}

/** Work that is not the same on both sides makes a difference of its own. */
function workWarnings(a: Session, b: Session): string[] {
  if (a.id === b.id) return [];
  const scenarioWarnings = a.scenarios.flatMap((scenario) => {
    const other = b.scenarios.find(({ id }) => id === scenario.id);
    const same = other === undefined || JSON.stringify(scenario) === JSON.stringify(other);
    return same ? [] : [`the scenario ${scenario.id} is not the same in both sessions`];
  });
  const drivers = a.plan.drivers.flatMap(({ scenarioId, driver }) => {
    const other = b.plan.drivers.find((choice) => choice.scenarioId === scenarioId)?.driver ?? driver;
    return other === driver
      ? []
      : [`${scenarioId} was loaded by ${driver} in one and by ${other} in the other`];
  });
  return [...scenarioWarnings, ...drivers];
}
