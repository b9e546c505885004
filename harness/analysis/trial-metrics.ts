import { NS_PER_US, US_PER_S } from '../base/units.ts';
import { LatencyHistogram } from '../histogram/latency-histogram.ts';
import type { LoadResult } from '../model/load.ts';
import { METRICS, type MetricDefinition, type MetricId } from '../model/metric.ts';
import { missing, read, type Reading, type ResourceUsage } from '../model/resources.ts';
import { isMeasured, type MeasuredTrial, type Trial } from '../model/trial.ts';
import { everyMetric } from './every-metric.ts';

/** Every metric of one trial: its value in the metric's unit, or why there is none. */
export type TrialMetrics = Record<MetricId, Reading>;

/** The percentile that a metric stands for. */
export const PERCENTILE_METRICS: ReadonlyMap<MetricId, number> = new Map([
  ['latencyP50Us', 50],
  ['latencyP90Us', 90],
  ['latencyP99Us', 99],
  ['latencyP999Us', 99.9],
]);

/** Metrics of any trial, from its raw record alone; latency is the response time of correct responses. */
export function trialMetrics(trial: Trial): TrialMetrics {
  if (isMeasured(trial)) return measuredMetrics(trial);
  const why = trial.verdict === 'aborted' ? 'the trial was aborted' : 'no load was measured';
  return everyMetric(() => missing(why));
}

/** Metrics of figures that no one has judged yet. */
export function measuredMetrics({
  load,
  resources,
}: Pick<MeasuredTrial, 'load' | 'resources'>): TrialMetrics {
  return { ...loadMetrics(load), ...resourceMetrics(load, resources) };
}

/** A percentile of a histogram in µs, or `n/a (needs N)` where there are fewer samples than it needs. */
export function percentileReading(histogram: LatencyHistogram, metric: MetricId): Reading {
  const percentile = PERCENTILE_METRICS.get(metric);
  if (percentile === undefined) return missing('is no percentile');
  const definition: MetricDefinition = METRICS[metric];
  const needed = definition.minSamples ?? 1;
  return histogram.count < needed
    ? missing(
        `n/a (needs ${needed.toLocaleString('en-US')} samples, has ${histogram.count.toLocaleString('en-US')})`,
      )
    : read(histogram.percentileUs(percentile));
}

type ResourceMetric =
  | 'cpuPercent'
  | 'cpuUsPerRequest'
  | 'memoryRssMeanBytes'
  | 'memoryRssPeakBytes'
  | 'pageCacheBytes';

function loadMetrics(load: LoadResult): Omit<TrialMetrics, ResourceMetric> {
  const seconds = (load.window.endUs - load.window.startUs) / US_PER_S;
  const perSecond = (amount: number): Reading =>
    seconds > 0 ? read(amount / seconds) : missing('the measured window is empty');
  return {
    throughputRps: perSecond(load.completedInWindow),
    goodputRps: perSecond(load.okInWindow),
    bandwidthBytesPerSec: perSecond(load.bodyBytesInWindow),
    ...latencyMetrics(load.histograms.responseTime),
    reliabilityShare:
      load.counts.sent > 0 ? read(load.counts.ok / load.counts.sent) : missing('no request was sent'),
    driverCpuPercent: scaled(load.driverLoad.cpuUtilization, 100),
  };
}

function latencyMetrics(encoded: string): Pick<TrialMetrics, Extract<MetricId, `latency${string}`>> {
  const histogram = LatencyHistogram.decode(encoded);
  const when = (needed: number, value: () => number): Reading =>
    histogram.count >= needed
      ? read(value())
      : missing(`n/a (needs ${needed} samples, has ${histogram.count})`);
  const readings = {
    latencyMeanUs: when(1, () => histogram.meanUs),
    latencyP50Us: percentileReading(histogram, 'latencyP50Us'),
    latencyP90Us: percentileReading(histogram, 'latencyP90Us'),
    latencyP99Us: percentileReading(histogram, 'latencyP99Us'),
    latencyP999Us: percentileReading(histogram, 'latencyP999Us'),
    latencyMaxUs: when(1, () => histogram.maxUs),
    latencyJitterUs: when(2, () => histogram.stdevUs),
  };
  histogram.destroy();
  return readings;
}

function resourceMetrics(load: LoadResult, resources: ResourceUsage): Pick<TrialMetrics, ResourceMetric> {
  const windowUs = load.window.endUs - load.window.startUs;
  const cpuCores = resources.windowUs > 0 ? 1 / NS_PER_US / resources.windowUs : Number.NaN;
  return {
    cpuPercent: scaled(resources.cpuNs, cpuCores * 100),
    // Both as rates over their own window, so that monitor and driver need not agree to the microsecond.
    cpuUsPerRequest:
      load.completedInWindow > 0
        ? scaled(resources.cpuNs, (cpuCores * windowUs) / load.completedInWindow)
        : missing('no request completed within the window'),
    memoryRssMeanBytes: resources.memoryRssMeanBytes,
    memoryRssPeakBytes: resources.memoryRssPeakBytes,
    pageCacheBytes: resources.pageCacheBytes,
  };
}

function scaled(reading: Reading, factor: number): Reading {
  if (reading.value === null) return reading;
  return Number.isFinite(factor) ? read(reading.value * factor) : missing('its window is empty');
}
