import { isOnlyLimited } from '../model/reason.ts';
import type { CellSummary } from '../model/summary.ts';
import { isMeasured, type MeasuredTrial, type Trial } from '../model/trial.ts';

/** The trials whose figures a cell publishes, in round order: the valid ones, and of a limited cell those held back too. */
export function publishedTrials(cell: CellSummary, trials: readonly Trial[]): MeasuredTrial[] {
  if (cell.status !== 'valid' && cell.status !== 'limited') return [];
  return trials
    .filter(isMeasured)
    .filter(({ targetId, scenarioId }) => targetId === cell.targetId && scenarioId === cell.scenarioId)
    .filter(
      ({ verdict, reasons }) => verdict === 'valid' || (cell.status === 'limited' && isOnlyLimited(reasons)),
    )
    .toSorted((a, b) => a.round - b.round);
}
