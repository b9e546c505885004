import { isOnlyLimited } from '../model/reason.ts';
import type { CellSummary } from '../model/summary.ts';
import { isMeasured, type MeasuredTrial, type Trial } from '../model/trial.ts';

/** Whether a cell publishes figures at all; those of any other cell stay unsaid, whatever its record holds. */
export function isPublished({ status }: CellSummary): boolean {
  return status === 'valid' || status === 'limited';
}

/** The trials whose figures a cell publishes, in round order: the valid ones, and of a limited cell those held back too. */
export function publishedTrials(cell: CellSummary, trials: readonly Trial[]): MeasuredTrial[] {
  if (!isPublished(cell)) return [];
  return trials
    .filter(isMeasured)
    .filter(({ targetId, scenarioId }) => targetId === cell.targetId && scenarioId === cell.scenarioId)
    .filter(
      ({ verdict, reasons }) => verdict === 'valid' || (cell.status === 'limited' && isOnlyLimited(reasons)),
    )
    .toSorted((a, b) => a.round - b.round);
}
