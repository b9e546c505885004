import type { RequestCounts } from './counts.ts';
import type { LoadResult } from './load.ts';
import type { Reason, Verdict } from './reason.ts';

export const LOAD_REPORT_SCHEMA_VERSION = 1;

/** The percentiles of a load report, by field. */
export const LOAD_PERCENTILES = {
  p50: 50,
  p75: 75,
  p90: 90,
  p95: 95,
  p99: 99,
  p999: 99.9,
  p9999: 99.99,
} as const;
export type LoadPercentile = keyof typeof LOAD_PERCENTILES;

/** Latency in µs; null where there are no samples, or too few for the percentile. */
export type LatencyDigest = Record<'min' | 'mean' | 'stdev' | LoadPercentile | 'max', number | null>;

/** The machine form of one ad-hoc load, as `load --json` prints it: units in names, null for what is not known. */
export interface LoadReport {
  schemaVersion: number;
  driver: string;
  loop: 'closed' | 'open';
  url: string;
  connections: number;
  workers: number;
  durationMs: number;
  offeredRateRps: number | null;
  counts: RequestCounts;
  throughputRps: number | null;
  goodputRps: number | null;
  bodyBytes: number;
  wireBytes: number | null;
  bandwidthBytesPerSec: number | null;
  responseTimeUs: LatencyDigest;
  serviceTimeUs: LatencyDigest;
  sendDelayUs: LatencyDigest | null;
  histograms: LoadResult['histograms'];
  driverLoad: { cpuUtilization: number | null; eventLoopUtilization: number | null };
  verdict: Verdict;
  reasons: readonly Reason[];
}
