import { METRICS, type MetricDefinition, type MetricId } from '../../model/metric.ts';
import { holmRejects } from '../holm.ts';
import { tTestP } from '../interval/t-interval.ts';

/** What a target reached in a metric, round by round; only valid trials. */
export interface RankedTarget {
  targetId: string;
  estimate: number;
  /** Value of each round, by round number. */
  byRound: ReadonlyMap<number, number>;
}

const FAMILY_ERROR = 0.05;

/**
 * Targets from best to worst in groups: any target is told apart from every target of every other group, at a family-wise
 * error of 5 % over all pairs. Pairs are compared by Student's test (1908) on the logarithms of their ratios, paired by
 * round because whatever disturbs a round disturbs both, and corrected by Holm (1979). Fewer than three common rounds tell
 * nothing apart: everyone shares one group.
 */
export function rankGroups(targets: readonly RankedTarget[], metric: MetricId): string[][] {
  const sorted = bestFirst(targets, metric);
  const pairs = sorted.flatMap((better, i) => sorted.slice(i + 1).map((worse) => ({ better, worse })));
  const apart = holmRejects(
    pairs.map(({ better, worse }) => tTestP(logRatios(better, worse))),
    FAMILY_ERROR,
  );
  const together = new Set(
    pairs.flatMap(({ better, worse }, i) => (apart[i] === true ? [] : [pairKey(better, worse)])),
  );
  const groups: RankedTarget[][] = [];
  for (const [position, target] of sorted.entries()) {
    const above = sorted.slice(0, position);
    const below = sorted.slice(position);
    const boundary = above.every((a) => below.every((b) => !together.has(pairKey(a, b))));
    const last = groups.at(-1);
    if (boundary || last === undefined) groups.push([target]);
    else last.push(target);
  }
  return groups.map((group) => group.map((target) => target.targetId));
}

/** Targets in the order of their estimates, by the direction of the metric. */
export function bestFirst(targets: readonly RankedTarget[], metric: MetricId): RankedTarget[] {
  const definition: MetricDefinition = METRICS[metric];
  const sign = definition.better === 'higher' ? -1 : 1;
  return targets.toSorted((a, b) => sign * (a.estimate - b.estimate));
}

/** ln(a / b) of every round that both have, where a ratio exists. */
export function logRatios(a: RankedTarget, b: RankedTarget): number[] {
  return [...a.byRound].flatMap(([round, value]) => {
    const other = b.byRound.get(round);
    return other === undefined || value <= 0 || other <= 0 ? [] : [Math.log(value / other)];
  });
}

function pairKey(a: RankedTarget, b: RankedTarget): string {
  return `${a.targetId}\n${b.targetId}`;
}
