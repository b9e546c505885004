import type { Clock } from '../base/clock.ts';
import { US_PER_MS } from '../base/units.ts';
import type { LoadOutcome } from '../model/ports.ts';
import type { FleetMessage, WorkerMessage, WorkerResult, WorkerTask, WorkerTick } from './fleet-protocol.ts';
import type { FleetWorker, WorkerFactory } from './fleet-workers.ts';

/** Workers tick ten times a second: one that is silent for this long hangs. */
const SILENCE_US = 10_000_000;

/** Ends a load early with an outcome that is not a measurement; caught where the load was started. */
export class LoadStopped extends Error {
  readonly outcome: Exclude<LoadOutcome, { kind: 'measured' }>;

  constructor(outcome: Exclude<LoadOutcome, { kind: 'measured' }>) {
    super(outcome.kind === 'failed' ? outcome.reason.detail : outcome.kind);
    this.outcome = outcome;
  }
}

export function crashed(detail: string): LoadStopped {
  return new LoadStopped({ kind: 'failed', reason: { code: 'DRIVER_CRASHED', detail } });
}

interface Member {
  worker: FleetWorker;
  ready: boolean;
  result: WorkerResult | null;
  heardUs: number;
}

export interface CrewPorts {
  clock: Clock;
  signal: AbortSignal;
  entry: URL;
  spawn: WorkerFactory;
  onTick: (workerIndex: number, tick: WorkerTick) => void;
}

/** The workers of one load: what they have said so far, and a way to wait for more. The first that fails ends it all. */
export class Crew {
  readonly #ports: CrewPorts;
  readonly #members: Member[] = [];
  #stopped: LoadStopped | null = null;
  #started = false;
  #dismissed = false;
  #wake = (): void => undefined;
  readonly #onAbort = (): void => this.#stop(new LoadStopped({ kind: 'aborted' }));

  constructor(tasks: readonly WorkerTask[], ports: CrewPorts) {
    this.#ports = ports;
    ports.signal.addEventListener('abort', this.#onAbort, { once: true });
    for (const task of tasks) this.#members.push(this.#recruit(task));
  }

  #recruit(task: WorkerTask): Member {
    const index = task.workerIndex;
    const { spawn, entry, clock } = this.#ports;
    const worker = spawn(entry, task, {
      message: (message) => this.#hear(index, message),
      ended: (cause) => this.#lose(index, cause),
    });
    return { worker, ready: false, result: null, heardUs: clock.monotonicUs() };
  }

  #hear(index: number, message: WorkerMessage): void {
    const member = this.#members[index];
    if (member === undefined) return;
    member.heardUs = this.#ports.clock.monotonicUs();
    if (message.kind === 'tick') {
      this.#ports.onTick(index, message.tick);
      return;
    }
    if (message.kind === 'ready') member.ready = true;
    else if (message.kind === 'done') member.result = message.result;
    else this.#stop(new LoadStopped({ kind: 'failed', reason: message.reason }));
    this.#wake();
  }

  #lose(index: number, cause: string): void {
    const isDone = (this.#members[index]?.result ?? null) !== null;
    if (!isDone && !this.#dismissed)
      this.#stop(crashed(`worker ${index} ended before its work was done: ${cause}`));
  }

  #stop(stopped: LoadStopped): void {
    this.#stopped ??= stopped;
    this.#wake();
  }

  get isReady(): boolean {
    return this.#members.every((member) => member.ready);
  }

  get isDone(): boolean {
    return this.#members.every((member) => member.result !== null);
  }

  get results(): WorkerResult[] {
    return this.#members.flatMap(({ result }) => (result === null ? [] : [result]));
  }

  /** Numbers of the workers that a condition does not hold for yet, for messages. */
  missing(what: 'ready' | 'result'): string {
    const lacking = this.#members.flatMap((member, index) =>
      (what === 'ready' ? member.ready : member.result !== null) ? [] : [index],
    );
    return `worker ${lacking.join(', ')}`;
  }

  broadcast(message: FleetMessage): void {
    if (message.kind === 'start') {
      this.#started = true;
      for (const member of this.#members) member.heardUs = message.atUs;
    }
    for (const { worker } of this.#members) worker.post(message);
  }

  /**
   * Waits until a worker is ready or done, but no longer than the time given in µs.
   * @throws LoadStopped when the load was aborted, or a worker failed, died or fell silent.
   */
  async next(timeoutUs: number): Promise<void> {
    this.#throwIfStopped();
    const alarm = new AbortController();
    this.#wake = () => alarm.abort();
    // A rejection means only that something was heard sooner.
    await this.#ports.clock.sleep(timeoutUs / US_PER_MS, alarm.signal).catch(() => undefined);
    this.#wake = () => undefined;
    this.#throwIfStopped();
  }

  #throwIfStopped(): void {
    if (this.#stopped === null && this.#started) {
      const nowUs = this.#ports.clock.monotonicUs();
      const silent = this.#members.findIndex(
        ({ result, heardUs }) => result === null && nowUs - heardUs > SILENCE_US,
      );
      if (silent >= 0)
        this.#stopped = crashed(`worker ${silent} has not been heard for ${SILENCE_US / 1e6} s`);
    }
    if (this.#stopped !== null) throw this.#stopped;
  }

  /** Ends every worker, done or not. */
  async dismiss(): Promise<void> {
    this.#dismissed = true;
    this.#ports.signal.removeEventListener('abort', this.#onAbort);
    await Promise.all(this.#members.map(({ worker }) => worker.terminate()));
  }
}
