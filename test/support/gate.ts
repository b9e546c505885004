import { gateRunOf } from '../../harness/analysis/gate/from-record.ts';
import { armsOf, planLaunches } from '../../harness/analysis/gate/plan.ts';
import { judgeGate } from '../../harness/analysis/gate/verdict.ts';
import { derivedSeed, seededRandom } from '../../harness/base/random.ts';
import type {
  GateArm,
  GateRecord,
  LaunchRecord,
  MeasuredBlocks,
  SliceRecord,
} from '../../harness/model/gate-record.ts';
import { environment, scenario } from './factories.ts';

export function slice(change: Partial<SliceRecord> = {}): SliceRecord {
  return {
    arm: 'base',
    requests: 10_000,
    errors: 0,
    throughputRps: 10_000,
    cpuUsPerRequest: 50,
    memoryRssMeanBytes: 64 * 1_048_576,
    latencyP50Us: 800,
    latencyP99Us: 2_000,
    foreignCpuCores: 0.02,
    cpuPressureShare: 0.05,
    stealShare: 0,
    driverCpuShare: 0.4,
    driverBound: false,
    fault: null,
    ...change,
  };
}

export function arm(given: string): GateArm {
  return {
    given,
    kind: 'command',
    target: {
      id: 'server',
      name: 'server',
      language: 'own',
      framework: 'own',
      launcher: 'process',
      artifactHash: null,
      version: null,
    },
    command: given.split(' '),
    commit: null,
  };
}

export interface RecordSketch {
  launches?: number;
  /** How much worse head is in CPU time a request; everything else is the same on both sides. */
  slowdown?: number;
  confirmations?: number;
  noise?: number;
  seed?: number;
  /** Changes every slice of a launch after it was made. */
  each?: (slice: SliceRecord, launch: number) => SliceRecord;
}

/** A gate run over one command in one scenario, with the noise of a calm machine; not judged yet. */
export function gateRecord(sketch: RecordSketch = {}, change: Partial<GateRecord> = {}): GateRecord {
  const { launches = 8, confirmations = 0, seed = 7 } = sketch;
  return {
    schemaVersion: 1,
    id: 'gate-fictional',
    harnessVersion: '0.1.0',
    status: 'complete',
    mode: 'paired',
    startedAt: '2026-01-01T00:00:00.000Z',
    endedAt: '2026-01-01T00:10:00.000Z',
    argv: ['gate', '--base', 'node old.js', '--head', 'node new.js'],
    environment: environment(),
    settings: {
      seed,
      sliceMs: 1_000,
      blocks: 2,
      looks: [8, 12, 16, 20, 24],
      budgetMinutes: 12,
      profile: 'default',
      metrics: ['cpuUsPerRequest', 'throughputRps'],
      limits: {},
      onInconclusive: 'pass',
      cpus: { target: [1], driver: [0], disjoint: true },
      workers: 1,
      driverWorkers: 1,
    },
    pairs: [{ id: 'server', base: arm('node old.js'), head: arm('node new.js') }],
    scenarios: [scenario()],
    reference: { id: 'null-server', hash: 'a'.repeat(64) },
    waivers: [],
    warnings: [],
    launches: [
      ...launchRecords(launches, 'look', seed, sketch),
      ...launchRecords(confirmations, 'confirm', seed + 1, sketch),
    ],
    report: null,
    ...change,
  };
}

/** The same, with the report that follows from it. */
export function judgedRecord(sketch: RecordSketch = {}, change: Partial<GateRecord> = {}): GateRecord {
  const record = gateRecord(sketch, change);
  return { ...record, report: judgeGate(gateRunOf(record)) };
}

function launchRecords(
  count: number,
  phase: LaunchRecord['phase'],
  seed: number,
  { slowdown = 0, noise = 0.01, each = (same) => same }: RecordSketch,
): LaunchRecord[] {
  return planLaunches(seed, count).map((plan) => {
    const random = seededRandom(derivedSeed(seed, 1_000 + plan.index));
    const blocksOf = (worse: number, orders: typeof plan.blocks): MeasuredBlocks => ({
      orders: [...orders],
      steady: { base: true, head: true },
      warmupRequests: { base: 30_000, head: 30_000 },
      blocks: orders.map((order) =>
        armsOf(order).map((which) => {
          const jitter = 1 + noise * (random.next() - 0.5);
          const cpuUsPerRequest = 50 * jitter * (which === 'head' ? 1 + worse : 1);
          return each(slice({ arm: which, cpuUsPerRequest, throughputRps: 10_000 * jitter }), plan.index);
        }),
      ),
    });
    return {
      index: plan.index,
      phase,
      pairId: 'server',
      startedAt: '2026-01-01T00:00:00.000Z',
      durationMs: 13_500,
      startOrder: [...plan.startOrder],
      paddingBytes: { ...plan.paddingBytes },
      problem: null,
      scenarios: [{ scenarioId: 'small', ...blocksOf(slowdown, plan.blocks) }],
      sentinel: blocksOf(0, plan.blocks.slice(0, 1)),
    };
  });
}
