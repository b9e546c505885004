import { invariant } from '../../base/errors.ts';
import { binomialCdf } from '../distribution.ts';
import { CONFIDENCE, type Interval } from './interval.ts';

/**
 * Exact two-sided interval of a share that was seen `successes` times in `trials` (Clopper and Pearson, 1934), by bisection
 * of the binomial; each bound errs with at most half of 1 - `confidence`.
 */
export function proportionInterval(
  successes: number,
  trials: number,
  confidence: number = CONFIDENCE,
): Interval {
  invariant(successes >= 0 && successes <= trials && trials > 0, `${successes} of ${trials} is no share`);
  const tail = (1 - confidence) / 2;
  return {
    low: successes === 0 ? 0 : crossing((p) => 1 - binomialCdf(successes - 1, trials, p) <= tail),
    high: successes === trials ? 1 : crossing((p) => binomialCdf(successes, trials, p) > tail),
  };
}

/** The share up to which `isBelow` holds. */
function crossing(isBelow: (p: number) => boolean): number {
  let low = 0;
  let high = 1;
  while (high - low > 1e-10) {
    const middle = (low + high) / 2;
    if (isBelow(middle)) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
