import { LatencyHistogram } from '../../harness/histogram/latency-histogram.ts';
import { zeroCounts } from '../../harness/model/counts.ts';
import type { Environment } from '../../harness/model/environment.ts';
import type { LoadResult } from '../../harness/model/load.ts';
import { type MachineUsage, type ResourceUsage, read } from '../../harness/model/resources.ts';
import type { Scenario } from '../../harness/model/scenario.ts';
import type { Session } from '../../harness/model/session.ts';
import type { TargetSpec } from '../../harness/model/target.ts';
import type { PlannedTrial, Trial } from '../../harness/model/trial.ts';

/** A histogram of the given latencies in µs, encoded. */
export function encodedHistogram(latenciesUs: readonly number[]): string {
  const histogram = new LatencyHistogram();
  for (const us of latenciesUs) histogram.record(us);
  const encoded = histogram.encode();
  histogram.destroy();
  return encoded;
}

/** A flawless closed-loop result: `rps` responses a second for `seconds`, each of the latency that Little's law asks for. */
export function loadResult(
  options: { rps?: number; seconds?: number; connections?: number } = {},
): LoadResult {
  const { rps = 1_000, seconds = 2, connections = 8 } = options;
  const completed = Math.round(rps * seconds);
  const latencyUs = Math.round((connections / rps) * 1e6);
  const latencies = Array.from({ length: completed }, (_, i) => latencyUs + ((i % 3) - 1));
  return {
    driver: 'fake',
    driverVersion: '1.0.0',
    loop: { kind: 'closed' },
    connections,
    workers: 1,
    window: { startUs: 1_000_000, endUs: 1_000_000 + seconds * 1e6 },
    warmupMs: 1_000,
    counts: { ...zeroCounts(), sent: completed, ok: completed },
    completedInWindow: completed,
    okInWindow: completed,
    bodyBytesInWindow: completed * 1_024,
    wireBytesInWindow: completed * 1_200,
    histograms: {
      serviceTime: encodedHistogram(latencies),
      responseTime: encodedHistogram(latencies),
      sendDelay: null,
    },
    clampedSamples: 0,
    series: Array.from({ length: seconds }, (_, i) => ({
      tMs: (i + 1) * 1_000,
      periodMs: 1_000,
      completed: rps,
      failed: 0,
      meanUs: latencyUs,
      maxUs: latencyUs + 1,
    })),
    driverLoad: {
      cpuNs: read(seconds * 4e8),
      cpuUtilization: read(0.4),
      eventLoopUtilization: read(0.4),
      cpuWaitShare: read(0.01),
    },
    reasons: [],
  };
}

/** A target that used half a core and 64 MiB over the window. */
export function resourceUsage(seconds = 2): ResourceUsage {
  return {
    source: 'proc-tree',
    windowUs: seconds * 1e6,
    cpuNs: read(seconds * 5e8),
    cpuUserNs: read(seconds * 3e8),
    cpuSystemNs: read(seconds * 2e8),
    memoryRssMeanBytes: read(64 * 1_048_576),
    memoryRssPeakBytes: read(70 * 1_048_576),
    pageCacheBytes: read(0),
    threads: read(4),
    series: [],
    notes: [],
  };
}

export function quietMachine(): MachineUsage {
  return {
    cpuPressureShare: read(0.01),
    cpuPressureAvg10Before: read(0.5),
    stealShare: read(0),
    foreignCpuCores: read(0.01),
  };
}

export function plannedTrial(overrides: Partial<PlannedTrial> = {}): PlannedTrial {
  return { index: 0, round: 0, targetId: 'alpha', scenarioId: 'small', seed: 1, ...overrides };
}

type ValidTrial = Extract<Trial, { verdict: 'valid' }>;

export function validTrial(overrides: Partial<ValidTrial> = {}): ValidTrial {
  return {
    verdict: 'valid',
    ...plannedTrial(),
    startedAt: '2026-01-01T00:00:00.000Z',
    durationMs: 4_000,
    launcher: 'process',
    argv: ['./server'],
    readyAfterMs: 20,
    reasons: [],
    firstAttempt: [],
    logTail: [],
    load: loadResult(),
    resources: resourceUsage(),
    machine: quietMachine(),
    ...overrides,
  };
}

export function scenario(overrides: Partial<Scenario> = {}): Scenario {
  return {
    id: 'small',
    title: 'Small',
    request: { method: 'GET', path: '/small', headers: {}, body: null },
    expect: { status: 200, headers: {}, bodyBytes: 1_024, bodySha256: null },
    loop: { kind: 'closed' },
    connections: 8,
    warmup: 1_000,
    warmupMax: 2_000,
    measure: 2_000,
    drain: 500,
    requestTimeout: 1_000,
    ...overrides,
  };
}

export function targetSpec(id: string, overrides: Partial<TargetSpec> = {}): TargetSpec {
  return {
    id,
    name: id[0]?.toUpperCase() + id.slice(1),
    language: 'Fiction',
    framework: 'none',
    build: null,
    run: { command: ['./server'], env: {} },
    image: null,
    scenarios: ['small'],
    folder: `/servers/${id}`,
    ...overrides,
  };
}

export function environment(overrides: Partial<Environment> = {}): Environment {
  return {
    fingerprint: 'f'.repeat(64),
    os: 'Fictional 1',
    kernel: '6.1.0',
    architecture: 'x64',
    cpuModel: 'Imaginary CPU',
    logicalCpus: 2,
    cpuQuotaCores: null,
    smt: false,
    hypervisor: null,
    memoryBytes: 8 * 2 ** 30,
    cgroup: 'v2',
    governor: 'performance',
    node: 'v24.0.0',
    docker: null,
    somaxconn: 4_096,
    openFilesLimit: 1_048_576,
    gitCommit: null,
    warnings: [],
    ...overrides,
  };
}

/** A session over the given planned trials, none of which has run. */
export function session(trials: PlannedTrial[], overrides: Partial<Session> = {}): Session {
  const targetIds = [...new Set(trials.map((trial) => trial.targetId))];
  return {
    schemaVersion: 1,
    id: 'fictional',
    harnessVersion: '0.1.0',
    status: 'running',
    startedAt: '2026-01-01T00:00:00.000Z',
    endedAt: null,
    argv: ['httpdyno', 'run'],
    environment: environment(),
    targets: targetIds.map((id) => ({
      id,
      name: id,
      language: 'Fiction',
      framework: 'none',
      launcher: 'process',
      artifactHash: null,
      version: null,
    })),
    skipped: [],
    scenarios: [scenario()],
    plan: {
      seed: 1,
      rounds: 1,
      workers: 1,
      drivers: [{ scenarioId: 'small', driver: 'fake', why: 'asked for', ceilingRps: null }],
      driverWorkers: 1,
      launcher: 'auto',
      cpus: { target: [1], driver: [0], disjoint: true },
      trials,
    },
    trials: [],
    ...overrides,
  };
}
