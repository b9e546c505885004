import { formatShare } from '../../base/units.ts';
import { studentQuantile } from '../distribution.ts';
import { mean, median, variance } from '../order.ts';

/** One accepted run of the baseline: ln(target / frozen reference server) of each of its launches, + is worse. */
export type BaselineRun = readonly number[];

export type AnchoredFinding =
  | { kind: 'within'; change: number; why: string }
  /** Worse than the baseline foretells: to be decided by a paired run, for an anchored screen condemns nobody. */
  | { kind: 'suspected'; change: number; why: string }
  | { kind: 'baseline-too-young'; why: string }
  | { kind: 'unmeasured'; why: string };

const MIN_RUNS = 6;
const CONFIDENCE = 0.99;

/**
 * Screens a run against the stored ones by the interval in which one more such run is foretold to lie (Student's
 * prediction interval for a single further observation, Fisher 1935). The unit is the run, since what differs between
 * runs (the machine's state, the day) is in none of the launches of one. Suspected is only a run that is foretold with
 * less than 1 % and worse than the baseline by more than d0.
 */
export function screenAnchored(
  baseline: readonly BaselineRun[],
  run: BaselineRun,
  d0: number,
): AnchoredFinding {
  const runs = baseline.filter((launches) => launches.length > 0).map(median);
  if (run.length === 0) return { kind: 'unmeasured', why: 'the run has no launch to compare' };
  if (runs.length < MIN_RUNS) {
    return {
      kind: 'baseline-too-young',
      why: `${runs.length} accepted runs, a prediction needs ${MIN_RUNS}`,
    };
  }
  const k = runs.length;
  const margin = studentQuantile(CONFIDENCE, k - 1) * Math.sqrt(variance(runs) * (1 + 1 / k));
  const difference = median(run) - mean(runs);
  const change = Math.expm1(difference);
  const limit = Math.max(margin, Math.log1p(d0));
  const shown = `${formatShare(change, 1)} against ${k} runs, foretold up to ${formatShare(Math.expm1(limit), 1)}`;
  return { kind: difference > limit ? 'suspected' : 'within', change, why: shown };
}
