import { monotonicUs } from '../base/clock.ts';
import { US_PER_MS } from '../base/units.ts';
import type { Connection } from './connection.ts';
import type { LoadLoop } from './load-loop.ts';
import type { Pacer } from './pacer.ts';
import type { Recorder } from './recorder.ts';
import { RequestQueue } from './request-queue.ts';
import { OVER, SAMPLE, type Termination } from './termination.ts';

/** Timers are good to about a millisecond: a wait longer than this sleeps, the rest of it turns the loop. */
const SPIN_US = 3_000;
const TIMER_LEAD_US = 2_000;

export interface OpenLoopParts {
  /** Filled by the time of the start. */
  connections: readonly Connection[];
  capacity: number;
  pacerFrom: (startUs: number) => Pacer;
  termination: Termination;
  recorder: Recorder;
}

/**
 * Sends on a schedule that the target cannot slow down. A request that is due while every connection is busy waits in a
 * queue and is sent late: its send delay says so. How late this loop itself notices that one is due is recorded apart,
 * as the driver's own lag.
 */
export class OpenLoop implements LoadLoop {
  idleSpinUs = 0;
  readonly #parts: OpenLoopParts;
  readonly #due = new RequestQueue(1_024);
  /** Connections with room, the longest unused first. */
  readonly #free: Int32Array;
  readonly #isFree: Uint8Array;
  #pacer: Pacer;
  #freeHead = 0;
  #freeCount = 0;
  #isRunning = false;
  #isScheduleOver = false;
  #worked = false;
  #lastTurnUs = 0;
  readonly #turn = (): void => this.#run();

  constructor(parts: OpenLoopParts) {
    this.#parts = parts;
    this.#free = new Int32Array(parts.capacity);
    this.#isFree = new Uint8Array(parts.capacity);
    this.#pacer = parts.pacerFrom(Number.POSITIVE_INFINITY);
  }

  get queued(): number {
    return this.#due.length;
  }

  start(atUs: number): void {
    this.#isRunning = true;
    this.#pacer = this.#parts.pacerFrom(atUs);
    for (const connection of this.#parts.connections) this.available(connection);
    this.#lastTurnUs = monotonicUs();
    this.#run();
  }

  stop(): void {
    this.#isRunning = false;
    for (; this.#due.length > 0; this.#due.shift()) this.#parts.recorder.dropped(this.#due.headIsSample);
  }

  catchUp(): void {
    if (!this.#isRunning) return;
    this.#noticeDue(monotonicUs());
    this.#dispatch();
  }

  available(connection: Connection): void {
    this.#worked = true;
    if (!this.#isRunning || !connection.hasRoom) return;
    this.#list(connection.index);
    this.#dispatch();
  }

  #run(): void {
    if (!this.#isRunning) return;
    const nowUs = monotonicUs();
    if (!this.#worked) this.idleSpinUs += nowUs - this.#lastTurnUs;
    this.#worked = false;
    this.#lastTurnUs = nowUs;
    this.#noticeDue(nowUs);
    this.#dispatch();
    if (this.#isScheduleOver) return;
    const waitUs = this.#pacer.nextUs - monotonicUs();
    if (waitUs < SPIN_US) {
      setImmediate(this.#turn);
    } else {
      this.#worked = true;
      setTimeout(this.#turn, (waitUs - TIMER_LEAD_US) / US_PER_MS);
    }
  }

  /** Queues every request whose time has come. */
  #noticeDue(nowUs: number): void {
    const { termination, recorder } = this.#parts;
    const pacer = this.#pacer;
    while (pacer.nextUs <= nowUs) {
      const intendedUs = pacer.nextUs;
      const cohort = termination.admit(intendedUs);
      if (cohort === OVER) {
        this.#isScheduleOver = true;
        return;
      }
      pacer.advance();
      const isSample = cohort === SAMPLE;
      recorder.noticed(isSample, nowUs - intendedUs);
      this.#due.push(intendedUs, nowUs, isSample);
    }
  }

  /** Sends queued requests, oldest first, while a connection has room. */
  #dispatch(): void {
    const { connections, recorder } = this.#parts;
    while (this.#due.length > 0 && this.#freeCount > 0) {
      const connection = connections[this.#takeFree()];
      if (connection === undefined || !connection.hasRoom) continue;
      const { headIntendedUs, headIsSample } = this.#due;
      this.#due.shift();
      this.#worked = true;
      const nowUs = monotonicUs();
      recorder.sentLate(headIsSample, headIntendedUs, nowUs);
      connection.take(headIntendedUs, nowUs, headIsSample);
      if (connection.hasRoom) this.#list(connection.index);
      connection.flush(nowUs);
    }
  }

  #list(index: number): void {
    if (this.#isFree[index] === 1) return;
    this.#isFree[index] = 1;
    let tail = this.#freeHead + this.#freeCount;
    if (tail >= this.#free.length) tail -= this.#free.length;
    this.#free[tail] = index;
    this.#freeCount++;
  }

  #takeFree(): number {
    const index = this.#free[this.#freeHead] ?? 0;
    this.#freeHead = this.#freeHead + 1 === this.#free.length ? 0 : this.#freeHead + 1;
    this.#freeCount--;
    this.#isFree[index] = 0;
    return index;
  }
}
