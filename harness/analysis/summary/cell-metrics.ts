import { LatencyHistogram } from '../../histogram/latency-histogram.ts';
import type { MetricId } from '../../model/metric.ts';
import type { CellSummary, MetricSummary } from '../../model/summary.ts';
import type { MeasuredTrial } from '../../model/trial.ts';
import { everyMetric } from '../every-metric.ts';
import type { Estimate } from '../interval/interval.ts';
import { medianInterval } from '../interval/median-interval.ts';
import { percentileInterval } from '../interval/percentile-interval.ts';
import { median } from '../order.ts';
import { PERCENTILE_METRICS, trialMetrics } from '../trial-metrics.ts';
import { percentileCurve } from './percentile-curve.ts';

/** Every metric of a cell over the trials that it publishes, in round order, and their latencies together. */
export type CellFigures = Pick<CellSummary, 'metrics' | 'percentileCurve'>;

/** The figures of a cell; all `none` where it publishes no trial. */
export function cellFigures(trials: readonly MeasuredTrial[], whyNone: string): CellFigures {
  if (trials.length === 0) return { metrics: everyMetric(() => ({ kind: 'none', why: whyNone })) };
  const launches = trials.map((trial) => LatencyHistogram.decode(trial.load.histograms.responseTime));
  const merged = new LatencyHistogram();
  for (const launch of launches) merged.add(launch);
  const readings = trials.map(trialMetrics);
  const metrics = everyMetric((metric): MetricSummary => {
    const values: number[] = [];
    for (const reading of readings.map((ofTrial) => ofTrial[metric])) {
      // One missing value withholds the metric: a median over the others would hide which trial it lacks.
      if (reading.value === null) return { kind: 'none', why: reading.missing };
      values.push(reading.value);
    }
    const { estimate, interval } = estimateOf(metric, values, launches, merged);
    return { kind: 'value', estimate, min: Math.min(...values), max: Math.max(...values), interval, values };
  });
  const curve = percentileCurve(merged);
  for (const histogram of [...launches, merged]) histogram.destroy();
  return { metrics, ...(curve === undefined ? {} : { percentileCurve: curve }) };
}

/**
 * Percentiles are read from the merged histogram, never averaged; the maximum is that of all trials, and has no interval.
 * Everything else is the median over trials with its order-statistic interval, which exists from six trials on.
 */
function estimateOf(
  metric: MetricId,
  values: readonly number[],
  launches: readonly LatencyHistogram[],
  merged: LatencyHistogram,
): Estimate {
  const percentile = PERCENTILE_METRICS.get(metric);
  if (percentile !== undefined) {
    return {
      estimate: merged.percentileUs(percentile),
      interval: percentileInterval(launches, merged, percentile),
    };
  }
  if (metric === 'latencyMaxUs') return { estimate: Math.max(...values), interval: null };
  return { estimate: median(values), interval: medianInterval(values) };
}
