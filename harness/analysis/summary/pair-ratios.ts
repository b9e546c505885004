import type { MetricId } from '../../model/metric.ts';
import type { PairRatio } from '../../model/summary.ts';
import { tInterval } from '../interval/t-interval.ts';
import { bestFirst, logRatios, type RankedTarget } from './ranking.ts';

/**
 * How many times the metric of a better target is that of a worse one: the geometric mean of the ratios of common rounds
 * with its 95 % interval, Student's (1908) on their logarithms. Pairs with fewer than three common rounds have none.
 */
export function pairRatios(targets: readonly RankedTarget[], metric: MetricId): PairRatio[] {
  const sorted = bestFirst(targets, metric);
  return sorted.flatMap((better, i) =>
    sorted.slice(i + 1).flatMap((worse): PairRatio[] => {
      const logs = logRatios(better, worse);
      if (logs.length === 0) return [];
      const { estimate, interval } = tInterval(logs);
      if (interval === null) return [];
      const [low, high] = [Math.exp(interval.low), Math.exp(interval.high)];
      return [{ better: better.targetId, worse: worse.targetId, estimate: Math.exp(estimate), low, high }];
    }),
  );
}
