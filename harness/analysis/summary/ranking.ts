import { METRICS, type MetricDefinition, type MetricId } from '../../model/metric.ts';
import type { RankedPlace } from '../../model/summary.ts';
import { provenOrder } from './told-apart.ts';

/** What a target reached in a metric, round by round; only valid trials. */
export interface RankedTarget {
  targetId: string;
  estimate: number;
  /** Value of each round, by round number. */
  byRound: ReadonlyMap<number, number>;
}

/**
 * Targets in the order of their estimates, each with the places that it may truly hold: behind all that are proven better, before
 * all that are proven worse. With 95 % confidence every one of these ranges holds its target's true place (Klein, Wright and
 * Wieczorek, 2020). Two targets that are not told apart share at least one place.
 */
export function rankPlaces(targets: readonly RankedTarget[], metric: MetricId): RankedPlace[] {
  const sorted = bestFirst(targets, metric);
  const sign = signOf(metric);
  const better = provenOrder(sorted.map(({ byRound }) => signedLogs(byRound, sign)));
  return sorted.map(({ targetId }, at) => ({
    targetId,
    from: 1 + better.filter((row) => row[at] === true).length,
    to: sorted.length - (better[at]?.filter(Boolean).length ?? 0),
    aheadOf: sorted.filter((_, other) => better[at]?.[other] === true).map((worse) => worse.targetId),
  }));
}

/** Targets in the order of their estimates, by the direction of the metric. */
export function bestFirst(targets: readonly RankedTarget[], metric: MetricId): RankedTarget[] {
  const sign = signOf(metric);
  return targets.toSorted((a, b) => sign * (b.estimate - a.estimate));
}

/** ln(a / b) of every round that both have, where a ratio exists. */
export function logRatios(a: RankedTarget, b: RankedTarget): number[] {
  return [...a.byRound].flatMap(([round, value]) => {
    const other = b.byRound.get(round);
    return other === undefined || value <= 0 || other <= 0 ? [] : [Math.log(value / other)];
  });
}

function signOf(metric: MetricId): 1 | -1 {
  const definition: MetricDefinition = METRICS[metric];
  return definition.better === 'higher' ? 1 : -1;
}

/** Logarithms that are the greater the better; a value without one is left out. */
function signedLogs(byRound: ReadonlyMap<number, number>, sign: number): Map<number, number> {
  return new Map(
    [...byRound].flatMap(([round, value]) => (value > 0 ? [[round, sign * Math.log(value)]] : [])),
  );
}
