import { zeroCounts } from '../../harness/model/counts.ts';
import type { LoadResult } from '../../harness/model/load.ts';
import { METRIC_IDS, type MetricId } from '../../harness/model/metric.ts';
import type { Report } from '../../harness/model/ports.ts';
import type { Reason } from '../../harness/model/reason.ts';
import { missing, read, type ResourceUsage } from '../../harness/model/resources.ts';
import type { Session } from '../../harness/model/session.ts';
import type {
  CellStatus,
  CellSummary,
  MetricSummary,
  PercentileCurve,
  Summary,
  RankedPlace,
} from '../../harness/model/summary.ts';
import type { Trial } from '../../harness/model/trial.ts';

import { encodedHistogram } from '../support/factories.ts';

type ValidTrial = Extract<Trial, { verdict: 'valid' }>;
type RecordedScenario = Session['scenarios'][number];

/** A real HdrHistogram V2 encoding of the values 100, 200, … 1000 µs. */
export const ENCODED_HISTOGRAM = encodedHistogram(
  Array.from({ length: 10 }, (_, index) => (index + 1) * 100),
);

/** A distribution whose tail rises by a power: at `1 - 10 ** -n` of the samples it is `tail ** n` times the median. */
export function percentileCurve(medianUs: number, tail: number, samples = 1_000_000): PercentileCurve {
  const points: PercentileCurve['points'] = [];
  for (let nines = 0; nines <= Math.log10(samples); nines += 0.1) {
    const share = 1 - 10 ** -nines;
    const latencyUs = Math.round(medianUs * (0.6 + 0.4 * share) * tail ** Math.max(0, nines - 0.3));
    points.push({ percentile: share * 100, latencyUs, count: Math.ceil(samples * share) });
  }
  const maxUs = Math.round(medianUs * tail ** Math.log10(samples));
  points.push({ percentile: 100, latencyUs: maxUs, count: samples });
  return { points, samples, meanUs: medianUs * 1.1, stdevUs: medianUs * 0.5, maxUs };
}

export function scenario(changes: Partial<RecordedScenario> = {}): RecordedScenario {
  return {
    id: '1kb',
    title: '1 KB',
    request: { method: 'GET', path: '/payload/1kb', headers: {}, body: null },
    expect: { status: 200, headers: {}, bodyBytes: 1_024, bodySha256: null },
    loop: { kind: 'closed' },
    connections: 64,
    warmup: 2_000,
    warmupMax: 5_000,
    measure: 7_000,
    drain: 2_000,
    requestTimeout: 2_000,
    ...changes,
  };
}

export function bigScenario(): RecordedScenario {
  return scenario({
    id: '1mb',
    title: '1 MB',
    request: { method: 'GET', path: '/payload/1mb', headers: {}, body: null },
    expect: { status: 200, headers: {}, bodyBytes: 1_048_576, bodySha256: null },
  });
}

/** A figure from the values of its rounds; with three or more of them it has an interval. */
export function value(values: number[]): MetricSummary {
  const sorted = values.toSorted((a, b) => a - b);
  const estimate = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
  const [min, max] = [sorted[0] ?? Number.NaN, sorted.at(-1) ?? Number.NaN];
  const interval = values.length >= 3 ? { low: min, high: max } : null;
  return { kind: 'value', estimate, min, max, interval, values };
}

export function none(why: string): MetricSummary {
  return { kind: 'none', why };
}

/** Plausible figures of a target that answers `rps` requests a second, one for each of the rounds' factors. */
export function metrics(rps: number, bodyBytes: number, factors: number[]): Record<MetricId, MetricSummary> {
  const of = (base: number): MetricSummary => value(factors.map((factor) => base * factor));
  const meanUs = (64 / rps) * 1e6;
  return {
    throughputRps: of(rps),
    goodputRps: of(rps),
    bandwidthBytesPerSec: of(rps * bodyBytes),
    latencyMeanUs: of(meanUs),
    latencyP50Us: of(meanUs * 0.9),
    latencyP90Us: of(meanUs * 1.4),
    latencyP99Us: of(meanUs * 3),
    latencyP999Us: of(meanUs * 7),
    latencyMaxUs: of(meanUs * 20),
    latencyJitterUs: of(meanUs * 0.5),
    reliabilityShare: value(factors.map(() => 1)),
    cpuPercent: value(factors.map(() => 98.7)),
    cpuUsPerRequest: of(0.987e6 / rps),
    memoryRssMeanBytes: of(30 * 2 ** 20),
    memoryRssPeakBytes: of(32 * 2 ** 20),
    pageCacheBytes: of(0),
    driverCpuPercent: value(factors.map(() => 61.2)),
  };
}

export function noMetrics(why: string): Record<MetricId, MetricSummary> {
  return { ...metrics(1, 1, [1]), ...Object.fromEntries(METRIC_IDS.map((id) => [id, none(why)])) };
}

export const THREE_ROUNDS = [0.97, 1, 1.02];

export function cell(targetId: string, rps: number, changes: Partial<CellSummary> = {}): CellSummary {
  const scenarioId = changes.scenarioId ?? '1kb';
  const bodyBytes = scenarioId === '1mb' ? 1_048_576 : 1_024;
  return {
    targetId,
    targetName: targetId,
    scenarioId,
    status: 'valid',
    trialsValid: 3,
    trialsTotal: 3,
    reasons: [],
    metrics: metrics(rps, bodyBytes, THREE_ROUNDS),
    percentileCurve: percentileCurve((64 / rps) * 0.9e6, 2),
    ...changes,
  };
}

/** A cell without figures. */
export function refused(
  targetId: string,
  status: CellStatus,
  reasons: Reason[],
  changes: Partial<CellSummary> = {},
): CellSummary {
  const { percentileCurve: _, ...rest } = cell(targetId, 1);
  return {
    ...rest,
    status,
    reasons,
    trialsValid: 0,
    metrics: noMetrics(`every trial is ${status}`),
    ...changes,
  };
}

export function loadResult(rps: number, changes: Partial<LoadResult> = {}): LoadResult {
  const sent = Math.round(rps * 7);
  return {
    driver: 'dyno',
    driverVersion: '1',
    loop: { kind: 'closed' },
    connections: 64,
    workers: 1,
    window: { startUs: 2_000_000, endUs: 9_000_000 },
    warmupMs: 2_000,
    counts: { ...zeroCounts(), sent, ok: sent },
    completedInWindow: sent,
    okInWindow: sent,
    bodyBytesInWindow: sent * 1_024,
    wireBytesInWindow: null,
    histograms: { serviceTime: ENCODED_HISTOGRAM, responseTime: ENCODED_HISTOGRAM, sendDelay: null },
    clampedSamples: 0,
    series: Array.from({ length: 18 }, (_, index) => ({
      tMs: -2_000 + index * 500,
      periodMs: 500,
      completed: Math.round((rps / 2) * (index < 3 ? 0.5 + index * 0.15 : 1 + Math.sin(index) * 0.03)),
      failed: 0,
      meanUs: (64 / rps) * 1e6 * (index < 3 ? 1.6 : 1),
      maxUs: (64 / rps) * 1e6 * 9,
    })),
    driverLoad: {
      cpuNs: read(4e9),
      cpuUtilization: read(0.612),
      eventLoopUtilization: read(0.7),
      cpuWaitShare: read(0.01),
    },
    reasons: [],
    ...changes,
  };
}

export function resources(): ResourceUsage {
  return {
    source: 'proc-tree',
    windowUs: 7_000_000,
    cpuNs: read(6.9e9),
    cpuUserNs: read(3e9),
    cpuSystemNs: read(3.9e9),
    memoryRssMeanBytes: read(30 * 2 ** 20),
    memoryRssPeakBytes: read(32 * 2 ** 20),
    pageCacheBytes: missing('a process tree has no page cache of its own'),
    threads: read(4),
    series: [],
    notes: [],
  };
}

/** A valid trial; `{ ...trial(…), verdict: 'invalid' }` makes it another kind. */
export function trial(
  index: number,
  targetId: string,
  rps: number,
  changes: Partial<ValidTrial> = {},
): ValidTrial {
  return {
    verdict: 'valid',
    index,
    round: 0,
    targetId,
    scenarioId: '1kb',
    seed: index + 1,
    startedAt: '2026-11-20T10:00:00.000Z',
    durationMs: 10_000,
    launcher: 'process',
    argv: [`./${targetId}`],
    readyAfterMs: 12,
    reasons: [],
    firstAttempt: [],
    logTail: [],
    load: loadResult(rps),
    resources: resources(),
    machine: {
      cpuPressureShare: read(0.01),
      cpuPressureAvg10Before: read(0.5),
      stealShare: read(0),
      foreignCpuCores: read(0.02),
    },
    ...changes,
  };
}

export function session(changes: Partial<Session> = {}): Session {
  return {
    schemaVersion: 1,
    id: '2026-11-20t10-00-00',
    harnessVersion: '0.1.0',
    status: 'complete',
    startedAt: '2026-11-20T10:00:00.000Z',
    endedAt: '2026-11-20T10:09:00.000Z',
    argv: ['run', '--rounds', '3'],
    environment: {
      fingerprint: 'f00d'.repeat(16),
      os: 'Debian GNU/Linux 13 (trixie)',
      kernel: '6.12.0',
      architecture: 'x64',
      cpuModel: 'Test CPU 3000',
      logicalCpus: 2,
      cpuQuotaCores: null,
      smt: false,
      hypervisor: 'KVM',
      memoryBytes: 8 * 2 ** 30,
      cgroup: 'v2',
      governor: null,
      node: 'v24.21.0',
      docker: null,
      somaxconn: 4_096,
      openFilesLimit: 1_048_576,
      gitCommit: 'abc1234def5678abc1234def5678abc1234def56',
      warnings: ['Virtual machine (KVM): neighbours that nothing here shows can take CPU time.'],
    },
    targets: ['tokio', 'hyperlane', 'node-http', 'gin'].map((id) => ({
      id,
      name: id,
      language: 'Rust',
      framework: id,
      launcher: 'process' as const,
      artifactHash: 'beef'.repeat(16),
      version: '1.2.3',
    })),
    skipped: [],
    scenarios: [scenario(), bigScenario()],
    plan: {
      seed: 42,
      rounds: 3,
      workers: 1,
      drivers: [
        {
          scenarioId: '1kb',
          driver: 'dyno',
          why: 'Its ceiling is the highest of those that work here.',
          ceilingRps: 150_000,
        },
      ],
      driverWorkers: 1,
      launcher: 'auto',
      cpus: { target: [0], driver: [1], disjoint: true },
      trials: [{ index: 0, round: 0, targetId: 'tokio', scenarioId: '1kb', seed: 1 }],
    },
    trials: [trial(0, 'tokio', 147_000), trial(1, 'hyperlane', 146_000), trial(2, 'node-http', 78_000)],
    ...changes,
  };
}

/** Places where every target of a group is proven better than all of the groups after it, and nothing else is known. */
export function inGroups(groups: readonly string[][]): RankedPlace[] {
  return groups.flatMap((group, index) => {
    const before = groups.slice(0, index).flat().length;
    const aheadOf = groups.slice(index + 1).flat();
    return group.map((targetId) => ({ targetId, from: before + 1, to: before + group.length, aheadOf }));
  });
}

/** The usual session: two targets that cannot be told apart, a slower one, one that the driver held back, one that failed. */
export function summary(changes: Partial<Summary> = {}): Summary {
  const warned: Reason[] = [{ code: 'NOT_STEADY', detail: 'throughput drifted by 4 %' }];
  return {
    cells: [
      cell('node-http', 78_000, { reasons: warned }),
      cell('tokio', 147_000),
      cell('hyperlane', 146_000),
      refused('gin', 'failed', [{ code: 'TARGET_ERRORS', detail: '12 responses were cut off' }]),
      cell('tokio', 6_700, {
        scenarioId: '1mb',
        status: 'limited',
        trialsValid: 0,
        reasons: [{ code: 'DRIVER_SATURATED', detail: 'driver CPU 99 %' }],
      }),
      cell('hyperlane', 5_400, { scenarioId: '1mb' }),
      cell('node-http', 3_100, { scenarioId: '1mb' }),
      refused('gin', 'invalid', [{ code: 'NOISY_ENV', detail: 'pressure 61 %' }], { scenarioId: '1mb' }),
    ],
    rankings: [
      {
        scenarioId: '1kb',
        metric: 'throughputRps',
        places: inGroups([['tokio', 'hyperlane'], ['node-http']]),
      },
      { scenarioId: '1mb', metric: 'throughputRps', places: inGroups([['hyperlane'], ['node-http']]) },
    ],
    warnings: [],
    ...changes,
  };
}

export function report(summaryChanges: Partial<Summary> = {}, sessionChanges: Partial<Session> = {}): Report {
  return { session: session(sessionChanges), summary: summary(summaryChanges) };
}
