import { invariant } from '../base/errors.ts';
import { METRIC_IDS, type MetricId } from '../model/metric.ts';

/** A record with an entry for each metric there is. */
export function everyMetric<T>(entryOf: (metric: MetricId) => T): Record<MetricId, T> {
  const record: Partial<Record<MetricId, T>> = {};
  for (const metric of METRIC_IDS) record[metric] = entryOf(metric);
  invariant(isComplete(record), 'a metric was left out');
  return record;
}

function isComplete<T>(record: Partial<Record<MetricId, T>>): record is Record<MetricId, T> {
  return METRIC_IDS.every((metric) => Object.hasOwn(record, metric));
}
