import { formatShare } from '../base/units.ts';
import { twoLevels } from './levels.ts';
import { mean, median } from './order.ts';
import { trendOf } from './trend.ts';

/** Two successive windows of a settled target differ by less than this. */
const SETTLED_DIFFERENCE = 0.03;
/** How many of the last windows must show no trend. */
const TREND_WINDOWS = 5;
/** A change over the measured window that is too large to publish one figure for it. */
const RELEVANT_CHANGE = 0.05;
const TREND_SIGNIFICANCE = 0.01;
/**
 * Two levels explain 2/π of the variance of a large normal sample, more of a small one: the 99th percentile is close to
 * 2/π + 0.87/√n (simulated for 8 to 100 values). 1/√n leaves room for skew; real levels explain nearly everything.
 */
const LEVELS_BY_CHANCE = 2 / Math.PI;
const LEVELS_MINORITY = 0.15;
/** Fewer values than this decide nothing. */
const MIN_VALUES = 8;

/** One second of warm-up. */
export interface WarmupWindow {
  /** Mean latency of the correct responses in it; null where there was none. */
  latencyMeanUs: number | null;
}

/**
 * May the warm-up end? Steady when the last two windows of one second differ by less than 3 %, and the last five do not
 * move one way by more than that. The caller keeps its shortest and longest warm-up. A target that settles only later
 * cannot be foreseen; `driftOf` finds it afterwards.
 */
export function warmupState(windows: readonly WarmupWindow[]): 'steady' | 'not-yet' {
  const last = windows.at(-1)?.latencyMeanUs ?? null;
  const previous = windows.at(-2)?.latencyMeanUs ?? null;
  if (last === null || previous === null) return 'not-yet';
  const size = Math.max(Math.abs(last), Math.abs(previous));
  if (size > 0 && Math.abs(last - previous) / size >= SETTLED_DIFFERENCE) return 'not-yet';
  const recent = windows
    .slice(-TREND_WINDOWS)
    .flatMap(({ latencyMeanUs }) => (latencyMeanUs === null ? [] : [latencyMeanUs]));
  if (recent.length < 4) return 'steady';
  // Five windows that only rise or only fall have p = 0.027; that is a trend however small each of its steps is.
  const { p, slope } = trendOf(recent);
  const drift = Math.abs(slope) * (recent.length - 1);
  return p < 0.05 && drift > SETTLED_DIFFERENCE * Math.abs(median(recent)) ? 'not-yet' : 'steady';
}

/**
 * How a series within the measured window moved, or null when one figure describes it. Both tests ask for significance
 * and for relevance (5 %), because with many samples everything is significant.
 */
export function driftOf(values: readonly number[]): string | null {
  if (values.length < MIN_VALUES) return null;
  return trendIn(values) ?? levelsIn(values);
}

function trendIn(values: readonly number[]): string | null {
  const { p, slope } = trendOf(values);
  const centre = Math.abs(median(values));
  const change = centre === 0 ? 0 : (slope * (values.length - 1)) / centre;
  if (p >= TREND_SIGNIFICANCE || Math.abs(change) <= RELEVANT_CHANGE) return null;
  return `a ${change > 0 ? 'rise' : 'fall'} of ${formatShare(Math.abs(change), 0)} over the window`;
}

function levelsIn(values: readonly number[]): string | null {
  const levels = twoLevels(values);
  if (levels === null || levels.low <= 0) return null;
  const apart = levels.high / levels.low - 1;
  const byChance = LEVELS_BY_CHANCE + 1 / Math.sqrt(values.length);
  if (levels.explained < byChance || levels.minority < LEVELS_MINORITY || apart <= RELEVANT_CHANGE)
    return null;
  return `two levels ${formatShare(apart, 0)} apart, the rarer one ${formatShare(levels.minority, 0)} of the time`;
}

/**
 * Where the warm-up of a complete series ended: the index of the first settled value. The truncation that leaves the
 * smallest standard error of the mean (MSER, White 1997); it never cuts more than half, and cuts nothing unless what it
 * cuts differs from the rest by a relevant amount.
 */
export function settledFrom(values: readonly number[]): number {
  const furthest = Math.floor(values.length / 2);
  let best = 0;
  let bestError = Number.POSITIVE_INFINITY;
  for (let start = 0; start <= furthest && values.length - start > 1; start++) {
    const rest = values.slice(start);
    const centre = mean(rest);
    const error = rest.reduce((sum, value) => sum + (value - centre) ** 2, 0) / rest.length ** 2;
    if (error < bestError) {
      bestError = error;
      best = start;
    }
  }
  if (best === 0) return 0;
  const settled = Math.abs(mean(values.slice(best)));
  const isSettled = (value: number): boolean => Math.abs(value - settled) <= RELEVANT_CHANGE * settled;
  if (isSettled(mean(values.slice(0, best)))) return 0;
  // The error of the mean is flat near its minimum: give back what the cut took of the settled part.
  while (best > 0 && isSettled(values[best - 1] ?? Number.NaN)) best--;
  return best;
}
