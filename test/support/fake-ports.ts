import type { Clock } from '../../harness/base/clock.ts';
import type { LoadRequest } from '../../harness/model/load.ts';
import type {
  ConformanceCheck,
  LaunchOutcome,
  Launcher,
  LoadDriver,
  LoadOutcome,
  MonitorFactory,
  Readiness,
  RunEvent,
  RunningTarget,
  SessionStore,
  StoppedTarget,
  TargetProbe,
} from '../../harness/model/ports.ts';
import type { Session } from '../../harness/model/session.ts';
import type { TargetExit, TargetSpec } from '../../harness/model/target.ts';
import { loadResult, quietMachine, resourceUsage } from './factories.ts';

/** A clock that moves only when somebody sleeps. */
export class FakeClock implements Clock {
  nowUs = 1_000_000;
  monotonicUs(): number {
    return this.nowUs;
  }
  wallMs(): number {
    return Date.UTC(2026, 0, 1) + this.nowUs / 1_000;
  }
  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.nowUs += ms * 1_000;
  }
}

/** One target of the fake world: what happens to it at each step; the default is that all goes well. */
export interface Fate {
  launch?: (spec: TargetSpec) => LaunchOutcome | null;
  readiness?: Readiness;
  checks?: ConformanceCheck[];
  load?: (request: LoadRequest, target: FakeTarget) => Promise<LoadOutcome> | LoadOutcome;
  ignoresTerm?: boolean;
  unavailable?: string;
}

export interface FakeTarget extends RunningTarget {
  die(exit: TargetExit): void;
}

/** A world without processes, sockets or time: records every call, so that tests can tell what was done in which order. */
export class FakeWorld {
  readonly clock = new FakeClock();
  readonly calls: string[] = [];
  readonly events: RunEvent[] = [];
  readonly saved: Session[] = [];
  readonly requests: LoadRequest[] = [];
  readonly fates: Record<string, Fate>;
  #running: FakeTarget | null = null;

  constructor(fates: Record<string, Fate> = {}) {
    this.fates = fates;
  }

  #fate(id: string): Fate {
    return this.fates[id] ?? {};
  }

  readonly launcher: Launcher = {
    id: 'process',
    unavailable: async (spec) => this.#fate(spec.id).unavailable ?? null,
    describe: async ({ id, name, language, framework }) => ({
      id,
      name,
      language,
      framework,
      launcher: 'process',
      artifactHash: 'a'.repeat(64),
      version: null,
    }),
    launch: async (spec, options) => {
      this.calls.push(`launch ${spec.id}`);
      const decided = this.#fate(spec.id).launch?.(spec) ?? null;
      if (decided !== null) return decided;
      this.#running = this.#start(spec, options.nonce);
      return { kind: 'running', target: this.#running };
    },
    sweep: async () => [],
  };

  #start(spec: TargetSpec, nonce: string): FakeTarget {
    let die: (exit: TargetExit) => void = () => undefined;
    const exited = new Promise<TargetExit>((resolve) => {
      die = resolve;
    });
    const stopped: StoppedTarget = {
      exit: { exitCode: 0, signal: null, oomKilled: false },
      killed: this.#fate(spec.id).ignoresTerm === true,
    };
    return {
      spec,
      launcher: 'process',
      address: { host: '127.0.0.1', port: 40_000 },
      nonce,
      argv: ['./server', spec.id],
      scope: { kind: 'process-group', leaderPid: 1 },
      exited,
      die,
      logTail: () => [`${spec.id} said something`],
      stop: async () => {
        this.calls.push(`stop ${spec.id}`);
        return stopped;
      },
    };
  }

  readonly probe: TargetProbe = {
    waitUntilReady: async (target) => {
      this.calls.push(`ready ${target.spec.id}`);
      return this.#fate(target.spec.id).readiness ?? { kind: 'ready', afterMs: 12 };
    },
    verifyScenario: async (target) => {
      this.calls.push(`verify ${target.spec.id}`);
      return this.#fate(target.spec.id).checks ?? [];
    },
  };

  readonly driver: LoadDriver = {
    id: 'fake',
    label: 'a fake',
    loops: ['closed'],
    unavailable: async () => null,
    run: async (request, observer, signal) => {
      const target = this.#running;
      if (target === null) throw new Error('load without a target');
      this.calls.push(`load ${target.spec.id}`);
      this.requests.push(request);
      const scripted = await this.#fate(target.spec.id).load?.(request, target);
      if (signal.aborted) return { kind: 'aborted' };
      if (scripted !== undefined && scripted.kind !== 'measured') return scripted;
      const result = scripted?.result ?? loadResult();
      observer.window(result.window);
      observer.progress({ phase: 'measure', elapsedMs: 10, throughputRps: 1_000, latencyMeanUs: 8_000 });
      return { kind: 'measured', result };
    },
  };

  readonly monitors: MonitorFactory = {
    open: async (target) => {
      this.calls.push(`watch ${target.spec.id}`);
      return { observe: async () => ({ resources: resourceUsage(), machine: quietMachine() }) };
    },
  };

  readonly store: SessionStore = {
    folder: '/results/fictional',
    save: async (session) => {
      this.saved.push(structuredClone(session));
    },
  };

  readonly ports = {
    clock: this.clock,
    probe: this.probe,
    monitors: this.monitors,
    store: this.store,
    judge: (): [] => [],
    waitForQuiet: async (): Promise<void> => {
      this.calls.push('wait for quiet');
    },
    listener: (event: RunEvent): void => {
      this.events.push(event);
    },
  };
}
