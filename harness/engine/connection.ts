import { monotonicUs } from '../base/clock.ts';
import type { ExpectedResponse } from '../model/load.ts';
import type { Alarms } from './alarms.ts';
import { Backoff } from './backoff.ts';
import type { BodyCheck, BodySampler } from './body-check.ts';
import type { ConnectionTroubles } from './connection-troubles.ts';
import type { HeadMemory } from './head-memory.ts';
import { OUTCOME_CODES, type RequestLog } from './recorder.ts';
import type { BatchOf } from './request-bytes.ts';
import { RequestQueue, type RequestSlots } from './request-queue.ts';
import { COMPLETE, NEED_MORE, OVERSIZE, ResponseParser } from './response-parser.ts';
import { Transport, type TransportListener, type TransportOptions } from './transport.ts';

const OUTCOME = OUTCOME_CODES;

const CLOSED = 0;
const CONNECTING = 1;
const OPEN = 2;
/** The response is there, and the peer is to close; waiting for it leaves no port of ours in TIME_WAIT. */
const LINGERING = 3;
/** Not before an alarm may it connect again. */
const RESTING = 4;

/** A peer that was told to close, and does not, is left after this time. */
const LINGER_US = 20_000;

/** What all connections of a worker share. */
export interface ConnectionContext {
  transport: TransportOptions;
  /** Requests to be written, 0 to `pipelining` in a row. */
  batchOf: BatchOf;
  pipelining: number;
  /** `pipelining` slots for each connection, in the order of their indices. */
  inFlight: RequestSlots;
  isHead: boolean;
  memory: HeadMemory;
  /** True where each request has a connection of its own. */
  closesAfterEach: boolean;
  expected: ExpectedResponse;
  bodyLimitBytes: (status: number) => number;
  timeoutUs: number;
  alarms: Alarms;
  sampler: BodySampler;
  log: RequestLog;
  troubles: ConnectionTroubles;
  user: ConnectionUser;
}

/** Who gives a connection its requests. */
export interface ConnectionUser {
  /** There is room for a request again. */
  available(connection: Connection): void;
}

/**
 * One of the connections that a load was asked for. It outlives its sockets: when one is lost it connects again with the
 * next request, not sooner than its back-off allows. Responses are matched to requests strictly in order; the first fault
 * ends the socket, and every request in flight on it shares the outcome.
 */
export class Connection implements TransportListener {
  readonly index: number;
  readonly #context: ConnectionContext;
  readonly #parser: ResponseParser;
  readonly #inFlight: RequestQueue;
  readonly #backoff = new Backoff();
  #transport: Transport | null = null;
  #state = CLOSED;
  #unsent = 0;
  #isLast = false;
  #hasWritten = false;
  #hasAnswered = false;
  #check: BodyCheck | null = null;

  constructor(index: number, context: ConnectionContext) {
    this.index = index;
    this.#context = context;
    this.#parser = new ResponseParser(context);
    const { pipelining, inFlight } = context;
    this.#inFlight = new RequestQueue(pipelining, inFlight, index * pipelining);
  }

  get inFlight(): number {
    return this.#inFlight.length;
  }

  /** Requests that were taken since the last flush, or wait for the connection to open. */
  get unsent(): number {
    return this.#unsent;
  }

  get hasRoom(): boolean {
    return this.#inFlight.length < this.#context.pipelining && this.#state <= OPEN && !this.#isLast;
  }

  get isConnecting(): boolean {
    return this.#state === CONNECTING;
  }

  /** Takes a request that was due at `intendedUs`; `flush` sends what was taken. */
  take(intendedUs: number, nowUs: number, isSample: boolean): void {
    const { alarms, timeoutUs, log } = this.#context;
    if (this.#inFlight.length === 0) alarms.set(this.index, nowUs + timeoutUs);
    this.#inFlight.push(intendedUs, nowUs, isSample);
    this.#unsent++;
    log.started(isSample);
  }

  flush(nowUs: number): void {
    if (this.#state === OPEN) this.#write();
    else if (this.#state === CLOSED) this.#connect(nowUs);
  }

  /** Connects ahead of the first request; gives up at `deadlineUs`. */
  open(nowUs: number, deadlineUs: number): void {
    if (this.#state !== CLOSED) return;
    this.#context.alarms.set(this.index, deadlineUs);
    this.#connect(nowUs);
  }

  /** The alarm that was set last has rung: a deadline of the request in flight, or the end of a rest. */
  ring(nowUs: number): void {
    if (this.#state === RESTING) this.#free();
    else if (this.#state === LINGERING) this.#drop(nowUs, false);
    else if (this.#state !== CLOSED) this.#fail(OUTCOME.timeout, nowUs);
  }

  /** Ends everything; requests in flight are unfinished. */
  abandon(nowUs: number): void {
    this.#settleAll(OUTCOME.unfinished, nowUs);
    this.#transport?.abort();
    this.#transport = null;
    this.#state = RESTING;
  }

  opened(): void {
    this.#state = OPEN;
    if (this.#inFlight.length === 0) this.#context.alarms.clear(this.index);
    else this.#write();
  }

  received(length: number): void {
    const { transport, log, troubles } = this.#context;
    log.receivedBytes(length);
    let from = 0;
    while (from < length) {
      if (this.#inFlight.length === 0) {
        troubles.unsolicited();
        this.#fail(OUTCOME.protocolError, monotonicUs());
        return;
      }
      const event = this.#parser.parse(transport.readBuffer, from, length, this.#check);
      if (event === NEED_MORE) return;
      from = this.#parser.position;
      if (event !== COMPLETE) {
        this.#fail(event === OVERSIZE ? this.#oversize() : OUTCOME.protocolError, monotonicUs());
        return;
      }
      if (from < length && this.#inFlight.length === 1) {
        // More follows than was asked for, so nobody can say which of it was the answer.
        troubles.unsolicited();
        this.#fail(OUTCOME.protocolError, monotonicUs());
        return;
      }
      this.#answered(monotonicUs());
    }
    this.#next();
  }

  ended(): void {
    const nowUs = monotonicUs();
    if (this.#inFlight.length > 0) {
      const end = this.#parser.end();
      if (end === 'complete') this.#answered(nowUs);
      else if (end === 'within') this.#settle(OUTCOME.truncated, nowUs);
    }
    const isClean = this.#inFlight.length === 0 && this.#hasAnswered;
    this.#settleAll(OUTCOME.reset, nowUs);
    this.#transport?.close();
    this.#rest(nowUs, !isClean);
  }

  failed(code: string | null): void {
    const nowUs = monotonicUs();
    if (this.#state === CONNECTING) this.#context.troubles.connectFailed(code);
    if (this.#state === LINGERING) this.#drop(nowUs, false);
    else this.#fail(this.#hasWritten ? OUTCOME.reset : OUTCOME.connectError, nowUs);
  }

  #connect(nowUs: number): void {
    this.#backoff.connecting(nowUs);
    this.#state = CONNECTING;
    this.#isLast = false;
    this.#hasWritten = false;
    this.#hasAnswered = false;
    this.#parser.reset();
    this.#check = this.#context.sampler.next();
    this.#transport = new Transport(this.#context.transport, this);
  }

  #write(): void {
    const batch = this.#context.batchOf(this.#unsent);
    if (batch === undefined || this.#transport === null) return;
    this.#unsent = 0;
    if (this.#transport.write(batch)) this.#hasWritten = true;
    else this.failed(null);
  }

  /** A whole response to the oldest request. */
  #answered(nowUs: number): void {
    this.#settle(this.#judge(), nowUs);
    this.#hasAnswered = true;
    if (!this.#parser.keepAlive || this.#context.closesAfterEach) this.#isLast = true;
    this.#check = this.#context.sampler.next();
  }

  /** After responses: the next deadline, and room for more, or the wait for the peer to close. */
  #next(): void {
    const { alarms, timeoutUs, user } = this.#context;
    if (this.#inFlight.length > 0) alarms.set(this.index, this.#inFlight.headSentUs + timeoutUs);
    else if (this.#isLast) {
      this.#state = LINGERING;
      alarms.set(this.index, monotonicUs() + LINGER_US);
      return;
    } else alarms.clear(this.index);
    if (!this.#isLast) user.available(this);
  }

  #judge(): number {
    const { expected } = this.#context;
    if (this.#parser.status !== expected.status) return OUTCOME.badStatus;
    if (expected.bodyBytes !== null && this.#parser.bodyBytes !== expected.bodyBytes) return OUTCOME.badBody;
    if (this.#check === null || this.#check.isRight()) return OUTCOME.ok;
    this.#context.troubles.wrongBytes();
    return OUTCOME.badBody;
  }

  #oversize(): number {
    return this.#parser.status === this.#context.expected.status ? OUTCOME.badBody : OUTCOME.badStatus;
  }

  #settle(outcome: number, nowUs: number): void {
    const queue = this.#inFlight;
    const { headIsSample, headIntendedUs, headSentUs } = queue;
    queue.shift();
    this.#context.log.ended(outcome, headIsSample, headIntendedUs, headSentUs, nowUs, this.#parser.bodyBytes);
  }

  #settleAll(outcome: number, nowUs: number): void {
    while (this.#inFlight.length > 0) this.#settle(outcome, nowUs);
    this.#unsent = 0;
  }

  #fail(outcome: number, nowUs: number): void {
    this.#settleAll(outcome, nowUs);
    this.#drop(nowUs, true);
  }

  #drop(nowUs: number, hasFailed: boolean): void {
    this.#transport?.abort();
    this.#rest(nowUs, hasFailed);
  }

  #rest(nowUs: number, hasFailed: boolean): void {
    this.#transport = null;
    const retryUs = this.#backoff.retryUs({ hasFailed, hasAnswered: this.#hasAnswered });
    if (retryUs <= nowUs) {
      this.#context.alarms.clear(this.index);
      this.#free();
    } else {
      this.#state = RESTING;
      this.#context.alarms.set(this.index, retryUs);
    }
  }

  #free(): void {
    this.#state = CLOSED;
    this.#isLast = false;
    this.#context.user.available(this);
  }
}
