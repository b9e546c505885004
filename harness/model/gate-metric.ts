import type { MetricId } from './metric.ts';

/** Metrics that a gate may judge. */
export const GATED_METRICS = [
  'cpuUsPerRequest',
  'memoryRssMeanBytes',
  'latencyP50Us',
  'throughputRps',
  'latencyP99Us',
] as const satisfies readonly MetricId[];
export type GatedMetric = (typeof GATED_METRICS)[number];

/** The words by which a command line names them. */
export const METRIC_WORDS: Readonly<Record<string, GatedMetric>> = {
  cpu: 'cpuUsPerRequest',
  rss: 'memoryRssMeanBytes',
  p50: 'latencyP50Us',
  throughput: 'throughputRps',
  p99: 'latencyP99Us',
};

export const PROFILE_IDS = ['default', 'strict'] as const;
export type ProfileId = (typeof PROFILE_IDS)[number];

/**
 * - `paired`: base and head both ran now, in turn: authoritative.
 * - `anchored`: head and the reference server ran now, and are held against a stored baseline of the same fingerprint.
 * - `advisory`: the same across fingerprints; it never fails.
 * - `absolute`: head alone; it shows values and never fails.
 */
export const GATE_MODES = ['paired', 'anchored', 'advisory', 'absolute'] as const;
export type GateMode = (typeof GATE_MODES)[number];
