import { METRIC_IDS, METRICS, type MetricDefinition, type MetricId } from '../model/metric.ts';
import { REASONS } from '../model/reason.ts';
import type { Session } from '../model/session.ts';
import type { CellSummary, Ranking, Summary } from '../model/summary.ts';
import type { Trial } from '../model/trial.ts';
import { cellFigures } from './summary/cell-metrics.ts';
import { distinctReasons, judgeCell } from './summary/cell-status.ts';
import { pairRatios } from './summary/pair-ratios.ts';
import { type RankedTarget, rankPlaces } from './summary/ranking.ts';
import { sessionWarnings } from './summary/session-warnings.ts';

/** A cell with the values that its ranking is made from. */
interface RankedCell {
  summary: CellSummary;
  rounds: number[];
}

/** What a session amounts to: cells, rankings and warnings, all recomputed from its raw trials. */
export function summarize(session: Session): Summary {
  const measured = cellsInPlanOrder(session).map((cell) => summarizeCell(session, cell));
  const cells = [...measured.map(({ summary }) => summary), ...skippedCells(session)];
  const rankings = session.scenarios.flatMap((scenario) =>
    METRIC_IDS.filter(isRanked).flatMap((metric) => rankingOf(scenario.id, metric, measured)),
  );
  return { cells, rankings, warnings: sessionWarnings(session, cells) };
}

type CellKey = Pick<CellSummary, 'targetId' | 'scenarioId'>;

/** Targets and scenarios in the order in which the session names them: the order of trials is shuffled on purpose. */
function cellsInPlanOrder(session: Session): CellKey[] {
  const planned = new Set(session.plan.trials.map((trial) => keyOf(trial)));
  return session.scenarios
    .flatMap((scenario) =>
      session.targets.map((target) => ({ targetId: target.id, scenarioId: scenario.id })),
    )
    .filter((cell) => planned.has(keyOf(cell)));
}

function keyOf({ targetId, scenarioId }: CellKey): string {
  return `${targetId}\n${scenarioId}`;
}

function summarizeCell(session: Session, cell: CellKey): RankedCell {
  const trials = session.trials
    .filter((trial) => keyOf(trial) === keyOf(cell))
    .toSorted((a, b) => a.round - b.round);
  const { status, published } = judgeCell(trials);
  const reasons = distinctReasons(trials);
  const summary: CellSummary = {
    ...cell,
    targetName: session.targets.find((target) => target.id === cell.targetId)?.name ?? cell.targetId,
    status,
    trialsValid: trials.filter((trial) => trial.verdict === 'valid').length,
    trialsTotal: session.plan.trials.filter((trial) => keyOf(trial) === keyOf(cell)).length,
    reasons,
    ...cellFigures(published, whyNone(trials)),
  };
  return { summary, rounds: published.map((trial) => trial.round) };
}

/** The first grave reason, as what the reader finds in place of a figure. */
function whyNone(trials: readonly Trial[]): string {
  const grave = distinctReasons(trials).find((reason) => REASONS[reason.code].effect !== 'warns');
  return grave === undefined ? 'not measured' : `${grave.code}: ${REASONS[grave.code].sentence}`;
}

function skippedCells(session: Session): CellSummary[] {
  const planned = new Set(session.plan.trials.map((trial) => trial.targetId));
  return session.skipped
    .filter(({ id }) => !planned.has(id))
    .flatMap(({ id, name, why }) =>
      session.scenarios.map((scenario) => ({
        targetId: id,
        targetName: name,
        scenarioId: scenario.id,
        status: 'skipped',
        trialsValid: 0,
        trialsTotal: 0,
        reasons: [],
        ...cellFigures([], why),
      })),
    );
}

function isRanked(metric: MetricId): boolean {
  const definition: MetricDefinition = METRICS[metric];
  return definition.better !== 'neither';
}

function rankingOf(scenarioId: string, metric: MetricId, cells: readonly RankedCell[]): Ranking[] {
  const targets = cells.flatMap(({ summary, rounds }): RankedTarget[] => {
    const value = summary.metrics[metric];
    if (summary.scenarioId !== scenarioId || summary.status !== 'valid' || value.kind === 'none') return [];
    const byRound = new Map(rounds.map((round, i) => [round, value.values[i] ?? Number.NaN]));
    return [{ targetId: summary.targetId, estimate: value.estimate, byRound }];
  });
  return targets.length === 0
    ? []
    : [{ scenarioId, metric, places: rankPlaces(targets, metric), ratios: pairRatios(targets, metric) }];
}
