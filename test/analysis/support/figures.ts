import { LatencyHistogram } from '../../../harness/histogram/latency-histogram.ts';
import { type RequestCounts, zeroCounts } from '../../../harness/model/counts.ts';
import type { LoadResult } from '../../../harness/model/load.ts';
import type { Reason } from '../../../harness/model/reason.ts';
import { read } from '../../../harness/model/resources.ts';
import type { JudgementContext, MeasuredFigures } from '../../../harness/analysis/trial-reasons.ts';

/** Encodes latencies in µs. */
export function encoded(latenciesUs: readonly number[]): string {
  const histogram = new LatencyHistogram();
  for (const us of latenciesUs) histogram.record(us);
  const text = histogram.encode();
  histogram.destroy();
  return text;
}

export interface LoadSketch {
  /** Latency of each correct response. */
  latenciesUs: readonly number[];
  windowMs?: number;
  connections?: number;
  workers?: number;
  loop?: LoadResult['loop'];
  counts?: Partial<RequestCounts>;
  completedInWindow?: number;
  driverCpu?: number;
  driverLoop?: number;
  driverWait?: number;
  series?: LoadResult['series'];
  reasons?: Reason[];
}

export function load(sketch: LoadSketch): LoadResult {
  const { latenciesUs, windowMs = 10_000, counts = {} } = sketch;
  const ok = latenciesUs.length;
  const others = Object.entries(counts).reduce(
    (sum, [key, value]) => sum + (key === 'dropped' || key === 'sent' || key === 'ok' ? 0 : value),
    0,
  );
  const histogram = encoded(latenciesUs);
  return {
    driver: 'dyno',
    driverVersion: '1',
    loop: sketch.loop ?? { kind: 'closed' },
    connections: sketch.connections ?? 1,
    workers: sketch.workers ?? 1,
    window: { startUs: 5_000_000, endUs: 5_000_000 + windowMs * 1_000 },
    warmupMs: 2_000,
    counts: { ...zeroCounts(), sent: ok + others, ok, ...counts },
    completedInWindow: sketch.completedInWindow ?? ok + (counts.badStatus ?? 0) + (counts.badBody ?? 0),
    okInWindow: ok,
    bodyBytesInWindow: ok * 1_024,
    wireBytesInWindow: null,
    histograms: { serviceTime: histogram, responseTime: histogram, sendDelay: null },
    clampedSamples: 0,
    series: sketch.series ?? [],
    driverLoad: {
      cpuNs: read(1e9),
      cpuUtilization: read(sketch.driverCpu ?? 0.4),
      eventLoopUtilization: read(sketch.driverLoop ?? 0.1),
      cpuWaitShare: read(sketch.driverWait ?? 0.01),
    },
    reasons: sketch.reasons ?? [],
  };
}

/** One connection, 1,000 answers of 10 ms in 10 s: nothing wrong with it. */
export const HEALTHY: LoadSketch = { latenciesUs: Array.from({ length: 1_000 }, () => 9_980) };

export function figures(sketch: LoadSketch = HEALTHY): MeasuredFigures {
  return {
    load: load(sketch),
    resources: {
      source: 'cgroup-v2',
      windowUs: 10_000_000,
      cpuNs: read(4e9),
      cpuUserNs: read(3e9),
      cpuSystemNs: read(1e9),
      memoryRssMeanBytes: read(20e6),
      memoryRssPeakBytes: read(25e6),
      pageCacheBytes: read(0),
      threads: read(4),
      series: [],
      notes: [],
    },
    machine: {
      cpuPressureShare: read(0.02),
      cpuPressureAvg10Before: read(1),
      stealShare: read(0),
      foreignCpuCores: read(0.01),
    },
  };
}

export const CONTEXT: JudgementContext = {
  scenario: { drain: 2_000 },
  cpus: { target: [1], driver: [0], disjoint: true },
};
