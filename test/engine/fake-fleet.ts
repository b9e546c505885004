import type {
  FleetMessage,
  WorkerMessage,
  WorkerResult,
  WorkerTask,
} from '../../harness/engine/fleet-protocol.ts';
import type { FleetWorker, WorkerFactory, WorkerListener } from '../../harness/engine/fleet-workers.ts';
import { LatencyHistogram } from '../../harness/histogram/latency-histogram.ts';
import { zeroCounts } from '../../harness/model/counts.ts';
import type { MeasuredWindow } from '../../harness/model/load.ts';
import type { FakeClock } from './fake-clock.ts';

/** A worker's result with `ok` correct responses of 1 ms each, and whatever a test wants different. */
export function workerResult(
  window: MeasuredWindow,
  { ok = 10, ...changes }: Partial<WorkerResult> & { ok?: number } = {},
): WorkerResult {
  const histogram = new LatencyHistogram();
  for (let i = 0; i < ok; i++) histogram.record(1_000);
  const encoded = histogram.encode();
  histogram.destroy();
  return {
    window,
    counts: { ...zeroCounts(), sent: ok, ok },
    completedInWindow: ok,
    okInWindow: ok,
    bodyBytesInWindow: ok * 1_024,
    wireBytesInWindow: ok * 1_200,
    histograms: { serviceTime: encoded, responseTime: encoded, sendDelay: null },
    clampedSamples: 0,
    cpuNs: 1_000_000,
    cpuWaitNs: 1_000_000,
    eventLoopUtilization: 0.5,
    reasons: [],
    ...changes,
  };
}

/** What a scripted worker does; the default one is ready at once, ticks steadily and reports at the end of its window. */
export interface Script {
  readyAfterMs?: number;
  /** Latency of the responses in a tick that ends this many ms after the start. */
  latencyUs?: (sinceStartMs: number) => number;
  /** Does something of its own instead of the next tick; true ends the script. */
  interrupt?: (sinceStartMs: number, worker: FakeWorker) => boolean;
  /** For an amount: when it is done, in ms after the start of the window. */
  doneAfterMs?: number;
  /** How long after the end of the window its result comes; never where null. */
  resultAfterMs?: number | null;
  result?: (window: MeasuredWindow) => WorkerResult;
}

export class FakeWorker implements FleetWorker {
  readonly task: WorkerTask;
  readonly received: FleetMessage[] = [];
  terminated = 0;
  window: MeasuredWindow | null = null;
  readonly #clock: FakeClock;
  readonly #script: Script;
  readonly listener: WorkerListener;

  constructor(task: WorkerTask, listener: WorkerListener, clock: FakeClock, script: Script) {
    this.task = task;
    this.listener = listener;
    this.#clock = clock;
    this.#script = script;
    void clock.sleep(script.readyAfterMs ?? 5).then(() => this.say({ kind: 'ready' }));
  }

  say(message: WorkerMessage): void {
    if (this.terminated === 0) this.listener.message(message);
  }

  post(message: FleetMessage): void {
    this.received.push(message);
    if (message.kind === 'window') this.window = message.window;
    if (message.kind === 'start') void this.#work(message.atUs);
  }

  terminate(): Promise<void> {
    this.terminated++;
    return Promise.resolve();
  }

  async #work(atUs: number): Promise<void> {
    const { tickMs } = this.task;
    const { latencyUs = () => 1_000, interrupt, doneAfterMs = Number.POSITIVE_INFINITY } = this.#script;
    for (let tick = 1; this.terminated === 0; tick++) {
      const endUs = atUs + tick * tickMs * 1_000;
      await this.#clock.sleep((endUs - this.#clock.monotonicUs()) / 1_000);
      if (interrupt?.(tick * tickMs, this) === true) return;
      const latency = latencyUs(tick * tickMs);
      const totals = { completed: 10, failed: 0, latencySumUs: 10 * latency, latencyMaxUs: latency };
      this.say({ kind: 'tick', tick: { atUs: endUs, periodUs: tickMs * 1_000, ...totals } });
      if (this.window === null) continue;
      const lastUs = Math.min(this.window.endUs, this.window.startUs + doneAfterMs * 1_000);
      if (endUs >= lastUs) {
        await this.#report({ startUs: this.window.startUs, endUs: lastUs });
        return;
      }
    }
  }

  async #report(window: MeasuredWindow): Promise<void> {
    const { resultAfterMs = 10, result = (measured) => workerResult(measured) } = this.#script;
    if (resultAfterMs === null) return;
    await this.#clock.sleep(resultAfterMs);
    this.say({ kind: 'done', result: result(window) });
  }
}

/** A factory of scripted workers that keeps what it made. */
export function fakeFleet(clock: FakeClock, script: (index: number) => Script = () => ({})) {
  const workers: FakeWorker[] = [];
  const spawnWorker: WorkerFactory = (_entry, task, listener) => {
    const worker = new FakeWorker(task, listener, clock, script(task.workerIndex));
    workers.push(worker);
    return worker;
  };
  return { workers, spawnWorker };
}
