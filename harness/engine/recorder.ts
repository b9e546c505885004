import { LatencyCounts } from '../histogram/latency-counts.ts';
import type { MeasuredWindow } from '../model/load.ts';
// Types alone: a worker thread does without the schemas and their library, 20 MB in each thread.
import type { Outcome, RequestCounts } from '../model/counts.ts';
import type { WorkerResult, WorkerTick } from './fleet-protocol.ts';

/** Outcomes as small integers, in the order of OUTCOMES: what the hot path passes about. */
export const OUTCOME_CODES = {
  ok: 0,
  badStatus: 1,
  badBody: 2,
  connectError: 3,
  reset: 4,
  protocolError: 5,
  truncated: 6,
  timeout: 7,
  unfinished: 8,
} as const satisfies Record<Outcome, number>;
const { ok: OK, badStatus: BAD_STATUS, badBody: BAD_BODY } = OUTCOME_CODES;

/** Where a connection writes down what becomes of its requests; times in µs on the monotonic clock. */
export interface RequestLog {
  started(isSample: boolean): void;
  ended(
    outcome: number,
    isSample: boolean,
    intendedUs: number,
    sentUs: number,
    nowUs: number,
    bodyBytes: number,
  ): void;
  receivedBytes(count: number): void;
}

/**
 * Counts what became of every request. The sample is requests that start within the window: its outcomes, and the
 * latency of its correct responses. Throughput and bytes are whatever arrives within the window.
 */
export class Recorder implements RequestLog {
  readonly sendDelay = new LatencyCounts();
  /** How late the driver's own loop noticed that a request was due; waiting for a connection is not in it. */
  readonly loopLag = new LatencyCounts();
  readonly serviceTime = new LatencyCounts();
  readonly responseTime = new LatencyCounts();
  readonly #isOpenLoop: boolean;
  readonly #outcomes = new Float64Array(Object.keys(OUTCOME_CODES).length);
  #sent = 0;
  #dropped = 0;
  #startUs = Number.POSITIVE_INFINITY;
  #endUs = Number.POSITIVE_INFINITY;
  #lastEndedUs = 0;
  #isInWindow = false;
  #completedInWindow = 0;
  #okInWindow = 0;
  #bodyBytesInWindow = 0;
  #wireBytesInWindow = 0;
  #sentInWindow = 0;
  #tickOk = 0;
  #tickFailed = 0;
  #tickSumUs = 0;
  #tickMaxUs = 0;
  #tickSinceUs = 0;

  constructor({ isOpenLoop }: { isOpenLoop: boolean }) {
    this.#isOpenLoop = isOpenLoop;
  }

  announce(window: MeasuredWindow): void {
    this.#startUs = window.startUs;
    this.#endUs = window.endUs;
  }

  /** Tells the time to what counts bytes without reading the clock: called at every request and at every beat. */
  passTime(nowUs: number): void {
    this.#isInWindow = nowUs >= this.#startUs && nowUs < this.#endUs;
  }

  started(isSample: boolean): void {
    if (isSample) this.#sent++;
  }

  /** Of an open loop: a request goes out now that was due at `intendedUs`. */
  sentLate(isSample: boolean, intendedUs: number, nowUs: number): void {
    if (isSample) this.sendDelay.record(nowUs - intendedUs);
    if (nowUs >= this.#startUs && nowUs < this.#endUs) this.#sentInWindow++;
  }

  dropped(isSample: boolean): void {
    if (isSample) this.#dropped++;
  }

  receivedBytes(count: number): void {
    if (this.#isInWindow) this.#wireBytesInWindow += count;
  }

  ended(
    outcome: number,
    isSample: boolean,
    intendedUs: number,
    sentUs: number,
    nowUs: number,
    bodyBytes: number,
  ): void {
    const serviceUs = nowUs - sentUs;
    if (isSample) {
      this.#outcomes[outcome] = (this.#outcomes[outcome] ?? 0) + 1;
      this.#lastEndedUs = nowUs;
      if (outcome === OK) {
        this.serviceTime.record(serviceUs);
        if (this.#isOpenLoop) this.responseTime.record(nowUs - intendedUs);
      }
    }
    if (outcome === OK) this.#tickLatency(serviceUs);
    else this.#tickFailed++;
    this.passTime(nowUs);
    if (this.#isInWindow && (outcome === OK || outcome === BAD_STATUS || outcome === BAD_BODY)) {
      this.#completedInWindow++;
      this.#bodyBytesInWindow += bodyBytes;
      if (outcome === OK) this.#okInWindow++;
    }
  }

  #tickLatency(serviceUs: number): void {
    this.#tickOk++;
    this.#tickSumUs += serviceUs;
    if (serviceUs > this.#tickMaxUs) this.#tickMaxUs = serviceUs;
  }

  takeTick(nowUs: number): WorkerTick {
    const tick = {
      atUs: nowUs,
      periodUs: nowUs - this.#tickSinceUs,
      completed: this.#tickOk,
      failed: this.#tickFailed,
      latencySumUs: this.#tickSumUs,
      latencyMaxUs: this.#tickMaxUs,
    };
    this.#tickSinceUs = nowUs;
    this.#tickOk = 0;
    this.#tickFailed = 0;
    this.#tickSumUs = 0;
    this.#tickMaxUs = 0;
    return tick;
  }

  get counts(): RequestCounts {
    const ended = (outcome: Outcome): number => this.#outcomes[OUTCOME_CODES[outcome]] ?? 0;
    return {
      sent: this.#sent,
      ok: ended('ok'),
      badStatus: ended('badStatus'),
      badBody: ended('badBody'),
      connectError: ended('connectError'),
      reset: ended('reset'),
      protocolError: ended('protocolError'),
      truncated: ended('truncated'),
      timeout: ended('timeout'),
      unfinished: ended('unfinished'),
      dropped: this.#dropped,
    };
  }

  /** Requests of an open loop that went out within the window, whenever they were due. */
  get sentInWindow(): number {
    return this.#sentInWindow;
  }

  /** The true window: where an amount decides, it ends with the last outcome of the sample. */
  windowAt(nowUs: number): MeasuredWindow {
    if (this.#startUs > nowUs) return { startUs: nowUs, endUs: nowUs };
    const endUs = Number.isFinite(this.#endUs) ? this.#endUs : Math.max(this.#startUs, this.#lastEndedUs);
    return { startUs: this.#startUs, endUs };
  }

  /** The share of a result that this recorder knows. */
  finish(nowUs: number): Omit<WorkerResult, 'cpuNs' | 'cpuWaitNs' | 'eventLoopUtilization' | 'reasons'> {
    const serviceTime = this.serviceTime.encode();
    return {
      window: this.windowAt(nowUs),
      counts: this.counts,
      completedInWindow: this.#completedInWindow,
      okInWindow: this.#okInWindow,
      bodyBytesInWindow: this.#bodyBytesInWindow,
      wireBytesInWindow: this.#wireBytesInWindow,
      histograms: {
        serviceTime,
        responseTime: this.#isOpenLoop ? this.responseTime.encode() : serviceTime,
        sendDelay: this.#isOpenLoop ? this.sendDelay.encode() : null,
      },
      clampedSamples: this.serviceTime.clamped + this.responseTime.clamped + this.sendDelay.clamped,
    };
  }
}
