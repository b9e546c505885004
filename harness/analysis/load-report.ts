import { LatencyHistogram } from '../histogram/latency-histogram.ts';
import type { LoadResult } from '../model/load.ts';
import {
  LOAD_PERCENTILES,
  LOAD_REPORT_SCHEMA_VERSION,
  type LatencyDigest,
  type LoadPercentile,
  type LoadReport,
} from '../model/load-report.ts';
import { PERCENTILE_MIN_SAMPLES } from '../model/metric.ts';
import { type Reason, verdictOf } from '../model/reason.ts';

/** Turns the raw result of one load into its machine form; a rate over an empty window is null. */
export function loadReport(load: LoadResult, url: string, reasons: readonly Reason[]): LoadReport {
  const windowUs = load.window.endUs - load.window.startUs;
  const perSecond = (count: number): number | null => (windowUs > 0 ? (count / windowUs) * 1e6 : null);
  return {
    schemaVersion: LOAD_REPORT_SCHEMA_VERSION,
    driver: load.driver,
    loop: load.loop.kind,
    url,
    connections: load.connections,
    workers: load.workers,
    durationMs: windowUs / 1_000,
    offeredRateRps: load.loop.kind === 'open' ? load.loop.rateRps : null,
    counts: load.counts,
    throughputRps: perSecond(load.completedInWindow),
    goodputRps: perSecond(load.okInWindow),
    bodyBytes: load.bodyBytesInWindow,
    wireBytes: load.wireBytesInWindow,
    bandwidthBytesPerSec: perSecond(load.bodyBytesInWindow),
    responseTimeUs: digestOf(load.histograms.responseTime),
    serviceTimeUs: digestOf(load.histograms.serviceTime),
    sendDelayUs: load.histograms.sendDelay === null ? null : digestOf(load.histograms.sendDelay),
    histograms: load.histograms,
    driverLoad: {
      cpuUtilization: load.driverLoad.cpuUtilization.value,
      eventLoopUtilization: load.driverLoad.eventLoopUtilization.value,
    },
    verdict: verdictOf(reasons),
    reasons,
  };
}

function digestOf(encoded: string): LatencyDigest {
  const histogram = LatencyHistogram.decode(encoded);
  try {
    const { count } = histogram;
    const known = (value: number): number | null => (count === 0 ? null : value);
    const percentile = (field: LoadPercentile): number | null => {
      const needed = PERCENTILE_MIN_SAMPLES.get(LOAD_PERCENTILES[field]) ?? Number.POSITIVE_INFINITY;
      return count >= needed ? histogram.percentileUs(LOAD_PERCENTILES[field]) : null;
    };
    return {
      min: known(histogram.minUs),
      mean: known(histogram.meanUs),
      stdev: known(histogram.stdevUs),
      p50: percentile('p50'),
      p75: percentile('p75'),
      p90: percentile('p90'),
      p95: percentile('p95'),
      p99: percentile('p99'),
      p999: percentile('p999'),
      p9999: percentile('p9999'),
      max: known(histogram.maxUs),
    };
  } finally {
    histogram.destroy();
  }
}
