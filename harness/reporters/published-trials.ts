import type { CellSummary } from '../model/summary.ts';
import type { MeasuredTrial, Trial } from '../model/trial.ts';

/** The trials whose figures a cell publishes, in round order: the valid ones, or all measured ones of a limited cell. */
export function publishedTrials(cell: CellSummary, trials: readonly Trial[]): MeasuredTrial[] {
  if (cell.status !== 'valid' && cell.status !== 'limited') return [];
  const verdict = cell.status === 'valid' ? 'valid' : 'invalid';
  return trials
    .filter((trial): trial is MeasuredTrial => trial.verdict === verdict)
    .filter(({ targetId, scenarioId }) => targetId === cell.targetId && scenarioId === cell.scenarioId)
    .toSorted((a, b) => a.round - b.round);
}
