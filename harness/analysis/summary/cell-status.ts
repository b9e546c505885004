import { isOnlyLimited, type Reason } from '../../model/reason.ts';
import type { CellStatus } from '../../model/summary.ts';
import { isMeasured, type MeasuredTrial, type Trial } from '../../model/trial.ts';

/** A cell's verdict, and the trials whose figures it publishes. */
export interface CellJudgement {
  status: Exclude<CellStatus, 'skipped'>;
  published: MeasuredTrial[];
}

/**
 * A cell is valid when most of its ended trials are: publishing the few that got through would choose trials by their
 * outcome (of a target at 80 % of the driver's ceiling, only the slow rounds would stay). Where the rest was only held
 * back by driver or machine, valid and limited trials together give bounds: throughput at least, latency at most.
 */
export function judgeCell(trials: readonly Trial[]): CellJudgement {
  const ended = trials.filter((trial) => trial.verdict !== 'aborted');
  if (ended.length === 0) return { status: 'aborted', published: [] };
  const valid = ended.filter((trial) => trial.verdict === 'valid');
  if (valid.length * 2 > ended.length) return { status: 'valid', published: valid };
  const limited = ended.filter(isLimited);
  if ((valid.length + limited.length) * 2 > ended.length) {
    return { status: 'limited', published: inRoundOrder([...valid, ...limited]) };
  }
  const failed = ended.filter((trial) => trial.verdict === 'failed');
  return { status: failed.length * 2 >= ended.length - valid.length ? 'failed' : 'invalid', published: [] };
}

function isLimited(trial: Trial): trial is MeasuredTrial {
  return isMeasured(trial) && isOnlyLimited(trial.reasons);
}

function inRoundOrder(trials: readonly MeasuredTrial[]): MeasuredTrial[] {
  return trials.toSorted((a, b) => a.round - b.round);
}

/** Each code once, with the detail of the first trial that has it. */
export function distinctReasons(trials: readonly Trial[]): Reason[] {
  const first = new Map<string, Reason>();
  for (const reason of trials.flatMap((trial) => trial.reasons)) {
    if (!first.has(reason.code)) first.set(reason.code, reason);
  }
  return [...first.values()];
}
