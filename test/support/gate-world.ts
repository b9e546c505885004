import { planLaunches } from '../../harness/analysis/gate/plan.ts';
import { seededRandom } from '../../harness/base/random.ts';
import type { GateRecord } from '../../harness/model/gate-record.ts';
import type { LoadRequest } from '../../harness/model/load.ts';
import type {
  Launcher,
  LoadDriver,
  MonitorFactory,
  RunningTarget,
  TargetProbe,
} from '../../harness/model/ports.ts';
import { read } from '../../harness/model/resources.ts';
import type { TargetExit } from '../../harness/model/target.ts';
import type { GateEvent, GateSide } from '../../harness/session/gate/ports.ts';
import { runGate } from '../../harness/session/gate/run-gate.ts';
import { loadResult, quietMachine, resourceUsage, scenario, targetSpec } from './factories.ts';
import { FakeClock } from './fake-ports.ts';
import { gateRecord } from './gate.ts';

/** How head differs from base in the fake world. */
interface HeadFate {
  /** CPU time a request as a multiple of base, by launch of head. */
  cpu?: number | ((launch: number) => number);
  launch?: 'TARGET_UNAVAILABLE';
  checks?: string;
  /** Slice of a launch under which it dies. */
  diesAt?: number;
  errors?: boolean;
  /** CPU time a request of its first slices in a launch, as multiples. */
  warmup?: readonly number[];
}

export interface WorldSketch {
  head?: HeadFate;
  scenarios?: readonly string[];
  noise?: number;
  noiseOf?: Readonly<Record<string, number>>;
  budgetMinutes?: number;
  sliceCostMs?: number;
  /** CPU of one of the two reference servers as a multiple of the other. */
  referenceDrift?: number;
  /** The load at which the user interrupts. */
  abortAtLoad?: number;
}

/** Of every load: its histogram takes a while to fill. */
const RESULT = loadResult({ rps: 10_000, seconds: 1 });

type Name = 'base' | 'head' | 'reference';

interface Alive extends RunningTarget {
  name: Name;
  /** Which launch of this name it is, and how many loads it has seen. */
  launch: number;
  loads: number;
  die(exit: TargetExit): void;
}

/** Multiples that never settle: each request is cheaper than the one before. */
export function falling(count: number): number[] {
  return Array.from({ length: count }, (_, i) => 100 * 0.96 ** i);
}

/** Servers, load and resources without processes or time; a request costs base 50 µs of CPU. */
export class GateWorld {
  readonly calls: string[] = [];
  readonly saved: GateRecord[] = [];
  readonly notices: string[] = [];
  readonly aliveUnderLoad = new Set<number>();
  readonly #clock = new FakeClock();
  readonly #sketch: WorldSketch;
  readonly #running = new Map<number, Alive>();
  readonly #launches: Record<Name, number> = { base: 0, head: 0, reference: 0 };
  readonly #random = seededRandom(11);
  readonly #abort = new AbortController();
  #ports = 40_000;
  #loads = 0;
  #current: Alive | null = null;

  constructor(sketch: WorldSketch) {
    this.#sketch = sketch;
  }

  get alive(): number {
    return this.#running.size;
  }

  count(verb: string): number {
    return this.calls.filter((call) => call.startsWith(`${verb} `)).length;
  }

  /** Runs a gate from its beginning, or goes on with a record. */
  async run(begun?: GateRecord): Promise<GateRecord> {
    const { scenarios: ids = ['small'], budgetMinutes = 600 } = this.#sketch;
    const scenarios = ids.map((id) =>
      scenario({ id, request: { method: 'GET', path: `/${id}`, headers: {}, body: null } }),
    );
    const empty = gateRecord({ launches: 0 });
    const record: GateRecord = begun ?? {
      ...empty,
      status: 'running',
      scenarios,
      settings: { ...empty.settings, budgetMinutes, metrics: ['cpuUsPerRequest'] },
    };
    const { cpus, workers, driverWorkers } = record.settings;
    const shape = {
      gateId: record.id,
      sliceMs: 1_000,
      blocks: 2,
      cpus,
      workers,
      driverWorkers,
      readyTimeoutMs: 1_000,
    };
    const pair = { id: 'server', base: this.#side('base'), head: this.#side('head') };
    const reference = { side: this.#side('reference'), scenario: scenario({ id: 'reference' }) };
    return runGate(
      record,
      { pairs: [pair], scenarios, reference, shape },
      this.#gatePorts(),
      this.#abort.signal,
    );
  }

  #gatePorts(): Parameters<typeof runGate>[2] {
    return {
      clock: this.#clock,
      driver: this.#driver,
      monitors: this.#monitors,
      judge: ({ load }) =>
        load.counts.badStatus > 0
          ? [{ code: 'TARGET_ERRORS', detail: `${load.counts.badStatus} wrong` }]
          : [],
      store: { folder: '/nowhere', save: async (saved) => void this.saved.push(structuredClone(saved)) },
      listener: (event: GateEvent) => {
        if (event.kind === 'notice') this.notices.push(event.text);
      },
    };
  }

  #side(name: Name): GateSide {
    const launcher: Launcher = {
      id: 'process',
      unavailable: async () => null,
      describe: async (spec) => ({ ...spec, launcher: 'process', artifactHash: null, version: null }),
      launch: async () => {
        this.calls.push(`launch ${name}`);
        if (name === 'head' && this.#sketch.head?.launch !== undefined) {
          const reason = { code: this.#sketch.head.launch, detail: 'no such program' };
          return { kind: 'failed', reason, logTail: [], argv: [] };
        }
        return { kind: 'running', target: this.#start(name) };
      },
      sweep: async () => [],
    };
    return { spec: targetSpec(name), launcher, probe: this.#probe(name) };
  }

  #start(name: Name): Alive {
    let die: (exit: TargetExit) => void = () => undefined;
    const exited = new Promise<TargetExit>((resolve) => {
      die = resolve;
    });
    const port = this.#ports++;
    const target: Alive = {
      name,
      launch: this.#launches[name]++,
      loads: 0,
      die,
      spec: targetSpec(name),
      launcher: 'process',
      address: { host: '127.0.0.1', port },
      nonce: 'n',
      argv: [name],
      scope: { kind: 'process-group', leaderPid: port },
      exited,
      logTail: () => [],
      stop: async () => {
        this.calls.push(`stop ${name}`);
        this.#running.delete(port);
        return { exit: { exitCode: 0, signal: null, oomKilled: false }, killed: false };
      },
    };
    this.#running.set(port, target);
    return target;
  }

  #probe(name: Name): TargetProbe {
    return {
      waitUntilReady: async () => ({ kind: 'ready', afterMs: 5 }),
      verifyScenario: async () => {
        const detail = name === 'head' ? this.#sketch.head?.checks : undefined;
        const result = detail === undefined ? { kind: 'pass' as const } : { kind: 'fail' as const, detail };
        return [{ id: 'response', title: 'response', result, durationMs: 1 }];
      },
    };
  }

  readonly #driver: LoadDriver = {
    id: 'fake',
    label: 'a fake',
    loops: ['closed'],
    unavailable: async () => null,
    run: async (request: LoadRequest, observer, signal) => {
      const target = this.#running.get(request.port);
      if (target === undefined) throw new Error('load without a target');
      this.calls.push(`load ${target.name} ${request.path}`);
      this.aliveUnderLoad.add(this.#running.size);
      this.#current = target;
      target.loads++;
      if (++this.#loads === this.#sketch.abortAtLoad) this.#abort.abort();
      if (signal.aborted) return { kind: 'aborted' };
      await this.#clock.sleep(this.#sketch.sliceCostMs ?? 1_000);
      if (target.name === 'head' && target.loads === this.#sketch.head?.diesAt) {
        target.die({ exitCode: 1, signal: null, oomKilled: false });
      }
      const result = RESULT;
      this.#path = request.path;
      observer.window(result.window);
      const broken = target.name === 'head' && this.#sketch.head?.errors === true;
      const counts = broken ? { ...result.counts, ok: result.counts.ok - 3, badStatus: 3 } : result.counts;
      return { kind: 'measured', result: { ...result, counts } };
    },
  };

  #path = '';

  readonly #monitors: MonitorFactory = {
    open: async () => ({
      observe: async () => {
        const usage = resourceUsage(1);
        return {
          resources: { ...usage, cpuNs: read(this.#costUs() * 1_000 * 10_000) },
          machine: quietMachine(),
        };
      },
    }),
  };

  /** CPU time a request of the server that is under load. */
  #costUs(): number {
    const { head, noise = 0.004, noiseOf = {}, referenceDrift = 1 } = this.#sketch;
    const target = this.#current;
    if (target === null) return 50;
    const spread = noiseOf[this.#path.slice(1)] ?? noise;
    const jitter = 1 + spread * (this.#random.next() - 0.5);
    if (target.name === 'reference')
      return 50 * (1 + 0.004 * (this.#random.next() - 0.5)) * this.#drift(target, referenceDrift);
    if (target.name === 'base') return 50 * jitter;
    const cpu = head?.cpu ?? 1;
    const warmup = head?.warmup?.[target.loads - 1] ?? 1;
    return 50 * jitter * warmup * (typeof cpu === 'number' ? cpu : cpu(target.launch));
  }

  /** Drift sticks to one arm; which of the two servers that is, the plan tells by its order. */
  #drift({ launch }: Alive, drift: number): number {
    const plan = planLaunches(gateRecord().settings.seed, 24)[launch >> 1];
    return plan?.startOrder.toReversed()[launch % 2] === 'head' ? drift : 1;
  }
}
