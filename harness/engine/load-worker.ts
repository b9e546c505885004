import { monotonicUs } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { US_PER_MS } from '../base/units.ts';
import type { MeasuredWindow } from '../model/load.ts';
import type { Reason } from '../model/reason.ts';
import type { FleetMessage, WorkerMessage, WorkerResult, WorkerTask } from './fleet-protocol.ts';
import { assembleLoad, type LoadParts } from './load-parts.ts';
import { judgeSchedule } from './open-loop-verdict.ts';
import { openConnections } from './opening.ts';
import { sampleThreadLoad, type ThreadLoadSample, threadLoadBetween } from './thread-load.ts';

/** Deadlines are looked through this often. */
const BEAT_MS = 5;

/** How busy the thread has been so far, and how much of that was only turning to be on time. */
interface BusyReading {
  atUs: number;
  load: ThreadLoadSample;
  idleSpinUs: number;
}

/** One worker's load, from its task to its result: the fleet's messages go in, the worker's come out through `post`. */
export class LoadWorker {
  readonly #task: WorkerTask;
  readonly #post: (message: WorkerMessage) => void;
  readonly #parts: LoadParts;
  readonly #beat: NodeJS.Timeout;
  readonly #ring = (index: number): void => this.#parts.connections[index]?.ring(this.#nowUs);
  #nowUs = 0;
  #windowStart: BusyReading | null = null;
  #windowEnd: BusyReading | null = null;
  #isStarted = false;
  #isFinished = false;
  #ticks = 0;

  constructor(task: WorkerTask, post: (message: WorkerMessage) => void) {
    this.#task = task;
    this.#post = post;
    this.#parts = assembleLoad(task);
    this.#beat = setInterval(() => this.#onBeat(), BEAT_MS);
  }

  /** Opens the connections, where they are to be kept, then reports ready. */
  async prepare(): Promise<void> {
    const { connectionMode, requestTimeoutMs } = this.#task.request;
    if (connectionMode === 'keep-alive') await openConnections(this.#parts.connections, requestTimeoutMs);
    this.#post({ kind: 'ready' });
  }

  receive(message: FleetMessage): void {
    if (this.#isFinished) return;
    if (message.kind === 'abort') this.#finish();
    else if (message.kind === 'window') this.#announce(message.window);
    else at(message.atUs, () => this.#start(message.atUs));
  }

  #announce(window: MeasuredWindow): void {
    this.#parts.termination.announce(window);
    this.#parts.recorder.announce(window);
    at(window.startUs, () => (this.#windowStart = this.#readBusy()));
    if (Number.isFinite(window.endUs)) at(window.endUs, () => (this.#windowEnd = this.#readBusy()));
  }

  #start(atUs: number): void {
    if (this.#isFinished) return;
    this.#isStarted = true;
    this.#parts.recorder.passTime(monotonicUs());
    this.#parts.recorder.takeTick(atUs);
    this.#scheduleTick(atUs);
    this.#parts.loop.start(atUs);
  }

  #scheduleTick(startUs: number): void {
    const dueUs = startUs + ++this.#ticks * this.#task.tickMs * US_PER_MS;
    setTimeout(
      () => {
        if (this.#isFinished) return;
        this.#postTick();
        this.#scheduleTick(startUs);
      },
      Math.max(0, (dueUs - monotonicUs()) / US_PER_MS),
    );
  }

  #postTick(): void {
    this.#post({ kind: 'tick', tick: this.#parts.recorder.takeTick(monotonicUs()) });
  }

  #onBeat(): void {
    const { alarms, connections, loop, recorder, termination } = this.#parts;
    this.#nowUs = monotonicUs();
    recorder.passTime(this.#nowUs);
    alarms.sweep(this.#nowUs, this.#ring);
    if (!this.#isStarted || !termination.isOver(this.#nowUs)) return;
    loop.catchUp();
    const isDrained = loop.queued === 0 && connections.every((connection) => connection.inFlight === 0);
    if (isDrained || this.#nowUs >= termination.drainDeadlineUs) this.#finish();
  }

  #finish(): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    clearInterval(this.#beat);
    const nowUs = monotonicUs();
    this.#parts.loop.stop();
    for (const connection of this.#parts.connections) connection.abandon(nowUs);
    if (this.#isStarted) this.#postTick();
    this.#post({ kind: 'done', result: this.#result(nowUs) });
  }

  #result(nowUs: number): WorkerResult {
    const { recorder, troubles } = this.#parts;
    const reasons = [...troubles.reasons(), ...this.#scheduleReasons(recorder.windowAt(nowUs))];
    return { ...recorder.finish(nowUs), ...this.#busyShare(), reasons };
  }

  #scheduleReasons(window: MeasuredWindow): Reason[] {
    if (this.#task.request.loop.kind === 'closed') return [];
    const { recorder } = this.#parts;
    return judgeSchedule({
      window,
      due: recorder.counts.sent + recorder.counts.dropped,
      sentInWindow: recorder.sentInWindow,
      loopLagP99Us: recorder.loopLag.percentileUs(99),
      loopLagMaxUs: recorder.loopLag.maxUs,
      responseP99Us: recorder.responseTime.percentileUs(99),
    });
  }

  #readBusy(): BusyReading {
    return { atUs: monotonicUs(), load: sampleThreadLoad(), idleSpinUs: this.#parts.loop.idleSpinUs };
  }

  /**
   * The load of this thread over the window. CPU time is all that it took; the event loop counts as busy without the
   * turns that an open loop makes only to be on time, as they give way to any work.
   */
  #busyShare(): Pick<WorkerResult, 'cpuNs' | 'cpuWaitNs' | 'eventLoopUtilization'> {
    const last = this.#windowEnd ?? this.#readBusy();
    const first = this.#windowStart ?? last;
    const { eventLoopUtilization, ...times } = threadLoadBetween(first.load, last.load);
    const idleShare = (last.idleSpinUs - first.idleSpinUs) / Math.max(1, last.atUs - first.atUs);
    return { ...times, eventLoopUtilization: Math.max(0, eventLoopUtilization - idleShare) };
  }
}

/** Calls at the time given or just after it, never before: a timer may be up to a millisecond early. */
function at(timeUs: number, action: () => void): void {
  const waitUs = timeUs - monotonicUs();
  if (waitUs <= 0) action();
  else if (waitUs > US_PER_MS) setTimeout(() => at(timeUs, action), Math.floor(waitUs / US_PER_MS));
  else setImmediate(() => at(timeUs, action));
}

/** Reports an error of the worker's own code as what it is: the driver's failure, not the target's. */
export function crashReport(error: unknown): WorkerMessage {
  return { kind: 'failed', reason: { code: 'DRIVER_CRASHED', detail: messageOf(error) } };
}
