import type { WorkerResult, WorkerTick } from '../../engine/fleet-protocol.ts';
import { sampleThreadLoad, type ThreadLoadSample, threadLoadBetween } from '../../engine/thread-load.ts';
import { LatencyHistogram } from '../../histogram/latency-histogram.ts';
import { type Outcome, zeroCounts } from '../../model/counts.ts';
import type { MeasuredWindow, Termination } from '../../model/load.ts';
import type { Reason } from '../../model/reason.ts';

/** One request, from the moment at which it is handed to the socket. */
export interface SentRequest {
  readonly startUs: number;
  /** Started within the window: its outcome is part of the sample. */
  readonly inCohort: boolean;
}

const WHOLE_RESPONSES: ReadonlySet<Outcome> = new Set(['ok', 'badStatus', 'badBody']);

/**
 * Counts of one worker. Two views of the same load: outcomes and latencies belong to the requests that started in the
 * window, whenever they end; rates and bytes to what arrived in the window, whenever it was asked for.
 */
export class Tally {
  readonly #counts = zeroCounts();
  readonly #serviceTime = new LatencyHistogram();
  readonly #termination: Termination;
  readonly #reasons = new Map<Reason['code'], Map<string, number>>();
  #window: MeasuredWindow | null = null;
  #open = 0;
  #completedInWindow = 0;
  #okInWindow = 0;
  #bodyBytes = 0;
  #wireBytes = 0;
  #loadAtStart: ThreadLoadSample | null = null;
  #loadAtEnd: ThreadLoadSample | null = null;
  #tick = { completed: 0, failed: 0, latencySumUs: 0, latencyMaxUs: 0 };
  #tickStartUs = 0;
  /** When the last request of an amount got its outcome. */
  #amountEndUs: number | null = null;

  constructor(termination: Termination) {
    this.#termination = termination;
  }

  setWindow(window: MeasuredWindow): void {
    this.#window = window;
  }

  begin(nowUs: number): void {
    this.#tickStartUs = nowUs;
  }

  /** Requests of the window that have no outcome yet. */
  get open(): number {
    return this.#open;
  }

  /** False once an amount has been sent. */
  get maySend(): boolean {
    return this.#termination.kind === 'duration' || this.#counts.sent < this.#termination.requests;
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
    if (inCohort) {
      this.#counts.sent++;
      this.#open++;
    }
    return { startUs: nowUs, inCohort };
  }

  end(request: SentRequest, outcome: Outcome, nowUs: number, bodyBytes = 0): void {
    this.noteTime(nowUs);
    const latencyUs = nowUs - request.startUs;
    if (outcome === 'ok') this.#countCorrect(latencyUs);
    else this.#tick.failed++;
    if (request.inCohort) {
      this.#counts[outcome]++;
      this.#open--;
      if (outcome === 'ok') this.#serviceTime.record(latencyUs);
      if (this.#open === 0 && !this.maySend) this.#endAmount(nowUs);
    }
    if (!this.#isWithin(nowUs) || !WHOLE_RESPONSES.has(outcome)) return;
    this.#completedInWindow++;
    this.#bodyBytes += bodyBytes;
    if (outcome === 'ok') this.#okInWindow++;
  }

  /** An amount ends with its last outcome, not when someone next looks. */
  #endAmount(nowUs: number): void {
    this.#amountEndUs = nowUs;
    this.#loadAtEnd = sampleThreadLoad();
  }

  #countCorrect(latencyUs: number): void {
    const tick = this.#tick;
    tick.completed++;
    tick.latencySumUs += latencyUs;
    if (latencyUs > tick.latencyMaxUs) tick.latencyMaxUs = latencyUs;
  }

  received(bytes: number, nowUs: number): void {
    this.noteTime(nowUs);
    if (this.#isWithin(nowUs)) this.#wireBytes += bytes;
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
    const tick = { atUs: nowUs, periodUs: nowUs - this.#tickStartUs, ...this.#tick };
    this.#tick = { completed: 0, failed: 0, latencySumUs: 0, latencyMaxUs: 0 };
    this.#tickStartUs = nowUs;
    return tick;
  }

  /** The share of this worker, after its last request; the histogram is gone with it. */
  result(nowUs: number): WorkerResult {
    const announced = this.#window ?? { startUs: nowUs, endUs: nowUs };
    const window = {
      startUs: announced.startUs,
      endUs: Math.min(announced.endUs, this.#amountEndUs ?? nowUs),
    };
    const first = this.#loadAtStart ?? sampleThreadLoad();
    const threadLoad = threadLoadBetween(first, this.#loadAtEnd ?? sampleThreadLoad());
    const serviceTime = this.#serviceTime.encode();
    const clampedSamples = this.#serviceTime.clamped;
    this.#serviceTime.destroy();
    return {
      window,
      counts: this.#counts,
      completedInWindow: this.#completedInWindow,
      okInWindow: this.#okInWindow,
      bodyBytesInWindow: this.#bodyBytes,
      wireBytesInWindow: this.#wireBytes,
      histograms: { serviceTime, responseTime: serviceTime, sendDelay: null },
      clampedSamples,
      ...threadLoad,
      reasons: this.#reasonList(),
    };
  }

  #reasonList(): Reason[] {
    return [...this.#reasons].map(([code, details]) => ({
      code,
      detail: [...details].map(([detail, times]) => `${detail} (${times} times)`).join('; '),
    }));
  }
}
