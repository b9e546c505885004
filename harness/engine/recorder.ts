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

/** What becomes of the requests of one cohort. */
class RequestTally {
  readonly outcomes = new Float64Array(Object.keys(OUTCOME_CODES).length);
  readonly sendDelay = new LatencyCounts();
  readonly loopLag = new LatencyCounts();
  readonly serviceTime = new LatencyCounts();
  readonly responseTime = new LatencyCounts();
  sent = 0;
  dropped = 0;
  lastEndedUs = 0;
}

/** What happens in a stretch of time. */
class TimeTally {
  completed = 0;
  ok = 0;
  sent = 0;
  bodyBytes = 0;
  wireBytes = 0;
}

/**
 * Counts what became of every request. The sample is requests that start within the window: its outcomes, and the
 * latency of its correct responses. Throughput and bytes are whatever arrives within the window. What is outside is
 * counted too, by the same code, and forgotten: code that first ran in the window would be compiled there, and hold up
 * what is measured.
 */
export class Recorder implements RequestLog {
  readonly #isOpenLoop: boolean;
  /** Of the requests outside the sample, and of the sample. */
  readonly #cohorts = [new RequestTally(), new RequestTally()] as const;
  /** Of the time outside the window, and of the window. */
  readonly #times = [new TimeTally(), new TimeTally()] as const;
  #startUs = Number.POSITIVE_INFINITY;
  #endUs = Number.POSITIVE_INFINITY;
  #now: 0 | 1 = 0;
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
    this.#now = nowUs >= this.#startUs && nowUs < this.#endUs ? 1 : 0;
  }

  started(isSample: boolean): void {
    this.#cohort(isSample).sent++;
  }

  /** Of an open loop: its own loop noticed so late that a request was due; waiting for a connection is not in it. */
  noticed(isSample: boolean, lagUs: number): void {
    this.#cohort(isSample).loopLag.record(lagUs);
  }

  /** Of an open loop: a request goes out now that was due at `intendedUs`. */
  sentLate(isSample: boolean, intendedUs: number, nowUs: number): void {
    this.#cohort(isSample).sendDelay.record(nowUs - intendedUs);
    this.passTime(nowUs);
    this.#times[this.#now].sent++;
  }

  dropped(isSample: boolean): void {
    this.#cohort(isSample).dropped++;
  }

  receivedBytes(count: number): void {
    this.#times[this.#now].wireBytes += count;
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
    const cohort = this.#cohort(isSample);
    cohort.outcomes[outcome] = (cohort.outcomes[outcome] ?? 0) + 1;
    cohort.lastEndedUs = nowUs;
    if (outcome === OK) {
      cohort.serviceTime.record(serviceUs);
      if (this.#isOpenLoop) cohort.responseTime.record(nowUs - intendedUs);
      this.#tickLatency(serviceUs);
    } else this.#tickFailed++;
    this.passTime(nowUs);
    if (outcome === OK || outcome === BAD_STATUS || outcome === BAD_BODY) {
      const time = this.#times[this.#now];
      time.completed++;
      time.bodyBytes += bodyBytes;
      if (outcome === OK) time.ok++;
    }
  }

  #cohort(isSample: boolean): RequestTally {
    return this.#cohorts[isSample ? 1 : 0];
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
    const { outcomes, sent, dropped } = this.#cohorts[1];
    const ended = (outcome: Outcome): number => outcomes[OUTCOME_CODES[outcome]] ?? 0;
    return {
      sent,
      ok: ended('ok'),
      badStatus: ended('badStatus'),
      badBody: ended('badBody'),
      connectError: ended('connectError'),
      reset: ended('reset'),
      protocolError: ended('protocolError'),
      truncated: ended('truncated'),
      timeout: ended('timeout'),
      unfinished: ended('unfinished'),
      dropped,
    };
  }

  /** Lags of the sample: how late the driver's own loop noticed that a request was due. */
  get loopLag(): LatencyCounts {
    return this.#cohorts[1].loopLag;
  }

  get responseTime(): LatencyCounts {
    return this.#cohorts[1].responseTime;
  }

  /** Requests of an open loop that went out within the window, whenever they were due. */
  get sentInWindow(): number {
    return this.#times[1].sent;
  }

  /** The true window: where an amount decides, it ends with the last outcome of the sample. */
  windowAt(nowUs: number): MeasuredWindow {
    if (this.#startUs > nowUs) return { startUs: nowUs, endUs: nowUs };
    const endUs = Number.isFinite(this.#endUs)
      ? this.#endUs
      : Math.max(this.#startUs, this.#cohorts[1].lastEndedUs);
    return { startUs: this.#startUs, endUs };
  }

  /** The share of a result that this recorder knows. */
  finish(nowUs: number): Omit<WorkerResult, 'cpuNs' | 'cpuWaitNs' | 'eventLoopUtilization' | 'reasons'> {
    const { sendDelay, serviceTime, responseTime } = this.#cohorts[1];
    const { completed, ok, bodyBytes, wireBytes } = this.#times[1];
    const service = serviceTime.encode();
    return {
      window: this.windowAt(nowUs),
      counts: this.counts,
      completedInWindow: completed,
      okInWindow: ok,
      bodyBytesInWindow: bodyBytes,
      wireBytesInWindow: wireBytes,
      histograms: {
        serviceTime: service,
        responseTime: this.#isOpenLoop ? responseTime.encode() : service,
        sendDelay: this.#isOpenLoop ? sendDelay.encode() : null,
      },
      clampedSamples: serviceTime.clamped + responseTime.clamped + sendDelay.clamped,
    };
  }
}
