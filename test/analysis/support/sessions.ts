import type { Reason } from '../../../harness/model/reason.ts';
import { verdictOf } from '../../../harness/model/reason.ts';
import type { Scenario } from '../../../harness/model/scenario.ts';
import type { Session } from '../../../harness/model/session.ts';
import type { Trial } from '../../../harness/model/trial.ts';
import { figures, HEALTHY, type LoadSketch } from './figures.ts';

export interface TrialSketch {
  targetId?: string;
  scenarioId?: string;
  round?: number;
  load?: LoadSketch;
  reasons?: Reason[];
}

export function trial(sketch: TrialSketch = {}): Trial {
  const { targetId = 'alpha', scenarioId = '1kb', round = 0, reasons = [] } = sketch;
  const base = {
    index: 0,
    round,
    targetId,
    scenarioId,
    seed: 1,
    startedAt: '2026-01-01T00:00:00.000Z',
    durationMs: 13_000,
    launcher: 'process' as const,
    argv: ['./server'],
    readyAfterMs: 20,
    reasons,
    firstAttempt: [],
    logTail: [],
  };
  const verdict = verdictOf(reasons);
  const measured = figures(sketch.load ?? HEALTHY);
  return verdict === 'aborted' ? { verdict, ...base } : { verdict, ...base, ...measured };
}

export const SCENARIO: Session['scenarios'][number] = {
  id: '1kb',
  title: '1 KB',
  request: { method: 'GET', path: '/payload/1kb', headers: {}, body: null },
  expect: { status: 200, headers: {}, bodyBytes: 1_024, bodySha256: null },
  loop: { kind: 'closed' },
  connections: 64,
  warmup: 2_000,
  warmupMax: 5_000,
  measure: 10_000,
  drain: 2_000,
  requestTimeout: 2_000,
};

/** A finished session over its trials: indices and plan follow from them. */
export function session(trials: readonly Trial[], change: Partial<Session> = {}): Session {
  const numbered = trials.map((each, index) => ({ ...each, index }));
  const targets = [...new Set(trials.map((each) => each.targetId))];
  const scenarios = [...new Set(trials.map((each) => each.scenarioId))];
  return {
    schemaVersion: 1,
    id: 'session-1',
    harnessVersion: '0.1.0',
    status: 'complete',
    startedAt: '2026-01-01T00:00:00.000Z',
    endedAt: '2026-01-01T01:00:00.000Z',
    argv: ['run'],
    environment: ENVIRONMENT,
    targets: targets.map((id) => ({
      id,
      name: id.toUpperCase(),
      language: 'Go',
      framework: 'none',
      launcher: 'process',
      artifactHash: null,
      version: null,
    })),
    skipped: [],
    scenarios: scenarios.map((id): Scenario => ({ ...SCENARIO, id })),
    plan: {
      seed: 7,
      rounds: Math.max(...trials.map((each) => each.round)) + 1,
      workers: 1,
      drivers: [{ scenarioId: 'small', driver: 'dyno', why: 'the default', ceilingRps: null }],
      driverWorkers: 1,
      launcher: 'auto',
      cpus: { target: [1], driver: [0], disjoint: true },
      trials: numbered.map(({ index, round, targetId, scenarioId, seed }) => ({
        index,
        round,
        targetId,
        scenarioId,
        seed,
      })),
    },
    trials: numbered,
    ...change,
  };
}

const ENVIRONMENT: Session['environment'] = {
  fingerprint: 'f',
  os: 'Linux',
  kernel: '6.1',
  architecture: 'x64',
  cpuModel: 'A CPU',
  logicalCpus: 2,
  cpuQuotaCores: null,
  smt: null,
  hypervisor: null,
  memoryBytes: 4e9,
  cgroup: 'v2',
  governor: null,
  node: '24.0.0',
  docker: null,
  somaxconn: 4096,
  openFilesLimit: 1024,
  gitCommit: null,
  warnings: [],
};
