/** What a metric is: its unit, which way is better, and what it means. Adding a metric is adding an entry here. */
export interface MetricDefinition {
  title: string;
  unit: 'req/s' | 'B/s' | 'µs' | 'share' | 'percent' | 'bytes' | 'count';
  better: 'higher' | 'lower' | 'neither';
  meaning: string;
  /** Samples that a percentile needs before it is printed; absent for what is no percentile. */
  minSamples?: number;
}

export const METRICS = {
  throughputRps: {
    title: 'Throughput',
    unit: 'req/s',
    better: 'higher',
    meaning: 'whole responses that arrived within the measured window, per second of it',
  },
  goodputRps: {
    title: 'Goodput',
    unit: 'req/s',
    better: 'higher',
    meaning: 'correct responses (status, length, sampled bytes) within the window, per second of it',
  },
  bandwidthBytesPerSec: {
    title: 'Transfer rate',
    unit: 'B/s',
    better: 'higher',
    meaning: 'body bytes received within the window, per second of it; headers are not counted',
  },
  latencyMeanUs: {
    title: 'Mean',
    unit: 'µs',
    better: 'lower',
    meaning: 'mean response time of correct responses',
  },
  latencyP50Us: {
    title: 'p50',
    unit: 'µs',
    better: 'lower',
    meaning: 'median response time',
    minSamples: 11,
  },
  latencyP90Us: {
    title: 'p90',
    unit: 'µs',
    better: 'lower',
    meaning: '90 % of responses were at most this slow',
    minSamples: 64,
  },
  latencyP99Us: {
    title: 'p99',
    unit: 'µs',
    better: 'lower',
    meaning: '99 % of responses were at most this slow',
    minSamples: 662,
  },
  latencyP999Us: {
    title: 'p99.9',
    unit: 'µs',
    better: 'lower',
    meaning: '99.9 % of responses were at most this slow',
    minSamples: 6_636,
  },
  latencyMaxUs: { title: 'Max', unit: 'µs', better: 'lower', meaning: 'the slowest correct response' },
  latencyJitterUs: {
    title: 'Jitter',
    unit: 'µs',
    better: 'lower',
    meaning: 'standard deviation of the response time',
  },
  reliabilityShare: {
    title: 'Reliability',
    unit: 'share',
    better: 'higher',
    meaning: 'correct responses as a share of requests sent',
  },
  cpuPercent: {
    title: 'CPU',
    unit: 'percent',
    better: 'neither',
    meaning: 'CPU time of the whole target over the window, in percent of one core',
  },
  cpuUsPerRequest: {
    title: 'CPU per request',
    unit: 'µs',
    better: 'lower',
    meaning: 'CPU time of the whole target over the window, divided by the responses completed in it',
  },
  memoryRssMeanBytes: {
    title: 'Memory',
    unit: 'bytes',
    better: 'lower',
    meaning: 'mean resident memory of the whole target over the window, page cache excluded',
  },
  memoryRssPeakBytes: {
    title: 'Peak memory',
    unit: 'bytes',
    better: 'lower',
    meaning: "the kernel's high-water mark of resident memory, page cache excluded",
  },
  pageCacheBytes: {
    title: 'Page cache',
    unit: 'bytes',
    better: 'neither',
    meaning: 'file pages charged to the target, apart from its memory',
  },
  driverCpuPercent: {
    title: 'Driver CPU',
    unit: 'percent',
    better: 'neither',
    meaning: 'CPU of the busiest load worker, in percent of one core',
  },
} as const satisfies Record<string, MetricDefinition>;

export type MetricId = keyof typeof METRICS;
export const METRIC_IDS = Object.keys(METRICS).filter((id): id is MetricId => Object.hasOwn(METRICS, id));

/** Samples needed before a percentile is printed: enough for its order-statistic 95 % interval to be finite and useful. */
export const PERCENTILE_MIN_SAMPLES: ReadonlyMap<number, number> = new Map([
  [50, 11],
  [75, 26],
  [90, 64],
  [95, 130],
  [99, 662],
  [99.9, 6_636],
  [99.99, 66_381],
]);
