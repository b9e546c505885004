import type { WorkerResult, WorkerTick } from '../../engine/fleet-protocol.ts';
import { OUTCOME_CODES, Recorder } from '../../engine/recorder.ts';
import { sampleThreadLoad, type ThreadLoadSample, threadLoadBetween } from '../../engine/thread-load.ts';
import type { Outcome } from '../../model/counts.ts';
import type { MeasuredWindow, Termination } from '../../model/load.ts';
import type { Reason } from '../../model/reason.ts';

/** One request, from the moment at which it is handed to the socket. */
export interface SentRequest {
  readonly startUs: number;
  /** Started within the window: its outcome is part of the sample. */
  readonly inCohort: boolean;
}

/**
 * What one worker has under way, and the load of its thread over the window. The accounts are the engine's own: outcomes and
 * latencies of the requests that started in the window, rates and bytes of what arrived in it.
 */
export class Tally {
  readonly #recorder = new Recorder({ isOpenLoop: false });
  readonly #termination: Termination;
  readonly #reasons = new Map<Reason['code'], Map<string, number>>();
  #window: MeasuredWindow | null = null;
  #sent = 0;
  #open = 0;
  #loadAtStart: ThreadLoadSample | null = null;
  #loadAtEnd: ThreadLoadSample | null = null;

  constructor(termination: Termination) {
    this.#termination = termination;
  }

  setWindow(window: MeasuredWindow): void {
    this.#window = window;
    this.#recorder.announce(window);
  }

  /** The first tick counts from here. */
  begin(nowUs: number): void {
    this.#recorder.takeTick(nowUs);
  }

  /** Requests of the window that have no outcome yet. */
  get open(): number {
    return this.#open;
  }

  /** False once an amount has been sent. */
  get maySend(): boolean {
    return this.#termination.kind === 'duration' || this.#sent < this.#termination.requests;
  }

  /** True when every request of the window has its outcome. */
  isComplete(nowUs: number): boolean {
    if (this.#window === null || this.#open > 0) return false;
    return this.#termination.kind === 'amount' ? !this.maySend : nowUs >= this.#window.endUs;
  }

  /** Notes a request that starts now. */
  send(nowUs: number): SentRequest {
    this.noteTime(nowUs);
    const inCohort = this.#isWithin(nowUs);
    this.#recorder.started(inCohort);
    if (inCohort) {
      this.#sent++;
      this.#open++;
    }
    return { startUs: nowUs, inCohort };
  }

  end({ startUs, inCohort }: SentRequest, outcome: Outcome, nowUs: number, bodyBytes = 0): void {
    this.noteTime(nowUs);
    this.#recorder.ended(OUTCOME_CODES[outcome], inCohort, startUs, startUs, nowUs, bodyBytes);
    if (!inCohort) return;
    this.#open--;
    // An amount ends with its last outcome, not when someone next looks.
    if (this.#open === 0 && !this.maySend) this.#loadAtEnd = sampleThreadLoad();
  }

  received(bytes: number, nowUs: number): void {
    this.noteTime(nowUs);
    this.#recorder.passTime(nowUs);
    this.#recorder.receivedBytes(bytes);
  }

  note(code: Reason['code'], detail: string): void {
    const details = this.#reasons.get(code) ?? new Map<string, number>();
    this.#reasons.set(code, details.set(detail, (details.get(detail) ?? 0) + 1));
  }

  /** Reads the load of this thread as the first thing that happens after either end of the window. */
  noteTime(nowUs: number): void {
    if (this.#window === null) return;
    if (this.#loadAtStart === null && nowUs >= this.#window.startUs) this.#loadAtStart = sampleThreadLoad();
    if (this.#loadAtEnd === null && nowUs >= this.#window.endUs) this.#loadAtEnd = sampleThreadLoad();
  }

  #isWithin(timeUs: number): boolean {
    return this.#window !== null && timeUs >= this.#window.startUs && timeUs < this.#window.endUs;
  }

  takeTick(nowUs: number): WorkerTick {
    return this.#recorder.takeTick(nowUs);
  }

  /** The share of this worker, after its last request. */
  result(nowUs: number): WorkerResult {
    const first = this.#loadAtStart ?? sampleThreadLoad();
    const threadLoad = threadLoadBetween(first, this.#loadAtEnd ?? sampleThreadLoad());
    return { ...this.#recorder.finish(nowUs), ...threadLoad, reasons: this.#reasonList() };
  }

  #reasonList(): Reason[] {
    return [...this.#reasons].map(([code, details]) => ({
      code,
      detail: [...details].map(([detail, times]) => `${detail} (${times} times)`).join('; '),
    }));
  }
}
