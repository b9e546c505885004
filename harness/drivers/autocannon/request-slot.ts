import { US_PER_MS } from '../../base/units.ts';
import type { BodyCheck, BodySampler } from '../../engine/body-check.ts';
import type { Outcome } from '../../model/counts.ts';
import type { ExpectedResponse } from '../../model/load.ts';
import type { CompletedResponse, RequestQueue, ResponseHead, ResponseParser } from './client-internals.ts';
import type { SentRequest, Tally } from './tally.ts';

/** More interim responses (1xx) than this before the final one are an attack, not information. */
const MAX_INTERIM = 16;
/**
 * Bytes of a response other than of its body, before they are an attack: autocannon's parser keeps a line until it ends. The
 * smallest chunks, of one byte, come with five bytes each, which are allowed for.
 */
const FRAMING_LIMIT_BYTES = 65_536;
const FRAMING_PER_BODY_BYTE = 8;
/** Bodies of answers with another status are read up to this size, so that they do not cost a connection each. */
const OTHER_BODY_LIMIT_BYTES = 65_536;

const NO_HEAD: ResponseHead = { statusCode: 0, shouldKeepAlive: true, headers: [] };

export interface SlotPorts {
  tally: Tally;
  bodies: BodySampler;
  expected: ExpectedResponse;
  parser: ResponseParser;
  nowUs: () => number;
}

/**
 * Stands in for the queue of a client of ours, which has at most one request in flight. It sees each request go out and
 * each byte come back, so that every request gets exactly one outcome. What autocannon's own queue does besides, it leaves
 * out: that one joins the chunks of every body into a string, which at 1 MB costs 90 % of the throughput.
 */
export class RequestSlot implements RequestQueue {
  readonly #ports: SlotPorts;
  #request: SentRequest | null = null;
  #autocannonRequest: unknown = null;
  #wireBytes = 0;
  #bodyBytes = 0;
  #bodyLimitBytes = OTHER_BODY_LIMIT_BYTES;
  #interim = 0;
  #check: BodyCheck | null = null;
  #head = NO_HEAD;
  /** Why the connection must not carry another request, or null where it may. */
  unusable: 'closing' | 'violated' | null = null;
  /** Whole final responses since the connection was made. */
  answered = 0;

  constructor(ports: SlotPorts) {
    this.#ports = ports;
  }

  get isBusy(): boolean {
    return this.#request !== null;
  }

  get hasBytes(): boolean {
    return this.#wireBytes > 0;
  }

  /** For a new connection. */
  reset(): void {
    this.unusable = null;
    this.answered = 0;
  }

  insertRequest(request: unknown): void {
    this.#autocannonRequest = request;
    this.#wireBytes = 0;
    this.#bodyBytes = 0;
    this.#interim = 0;
    this.#head = NO_HEAD;
    this.#check = this.#ports.bodies.next();
    this.#request = this.#ports.tally.send(this.#ports.nowUs());
  }

  /** Called before the bytes are parsed: what came before them is known to be framing or body by now. */
  addByteCount(bytes: number): void {
    const framingBytes = this.#wireBytes - this.#bodyBytes;
    this.#wireBytes += bytes;
    this.#ports.tally.received(bytes, this.#ports.nowUs());
    if (this.#request === null) this.#violate('bytes arrived while no request was in flight');
    else if (framingBytes > FRAMING_LIMIT_BYTES + this.#bodyBytes * FRAMING_PER_BODY_BYTE)
      this.fail('protocolError');
  }

  addBody(data: Uint8Array): void {
    this.#bodyBytes += data.length;
    this.#check?.bytes(data, 0, data.length);
    if (this.#bodyBytes > this.#bodyLimitBytes) this.fail(this.#isExpectedStatus ? 'badBody' : 'badStatus');
  }

  setHeaders(head: ResponseHead): void {
    this.#head = head;
    const { bodyBytes } = this.#ports.expected;
    // One byte too many is already a wrong body, and no reason to part.
    const limitBytes = bodyBytes === null ? Number.POSITIVE_INFINITY : bodyBytes + 1;
    this.#bodyLimitBytes = this.#isExpectedStatus ? limitBytes : Math.max(limitBytes, OTHER_BODY_LIMIT_BYTES);
  }

  get #isExpectedStatus(): boolean {
    return this.#head.statusCode === this.#ports.expected.status;
  }

  /** Called for each whole message; an interim one leaves the request in flight. */
  terminateRequest(): CompletedResponse {
    const nowUs = this.#ports.nowUs();
    const { statusCode } = this.#head;
    const response = this.#describe(nowUs);
    if (this.#request === null) return response;
    if (statusCode >= 100 && statusCode < 200 && statusCode !== 101) {
      this.#bodyBytes = 0;
      if (++this.#interim > MAX_INTERIM) this.fail('protocolError');
      return response;
    }
    const outcome = this.#judge();
    this.answered++;
    if (!this.#head.shouldKeepAlive) this.unusable ??= 'closing';
    this.#settle(outcome, nowUs);
    return response;
  }

  #judge(): Outcome {
    const { parser, expected, tally } = this.#ports;
    if (parser.offset < parser.end) {
      this.#violate('bytes followed a whole response');
      return 'protocolError';
    }
    if (!this.#isExpectedStatus) return 'badStatus';
    if (expected.bodyBytes !== null && this.#bodyBytes !== expected.bodyBytes) return 'badBody';
    if (this.#check === null || this.#check.isRight()) return 'ok';
    tally.note('BODY_MISMATCH', 'a body of the expected length holds other bytes');
    return 'badBody';
  }

  #violate(what: string): void {
    this.unusable = 'violated';
    this.#ports.tally.note('PROTO_UNSOLICITED', what);
  }

  #describe(nowUs: number): CompletedResponse {
    return {
      req: this.#autocannonRequest,
      headers: this.#head,
      body: '',
      bytes: this.#wireBytes,
      duration: (nowUs - (this.#request?.startUs ?? nowUs)) / US_PER_MS,
    };
  }

  /** Ends the request in flight, if there is one, other than by a whole response; its connection is lost. */
  fail(outcome: Outcome): void {
    this.unusable ??= 'violated';
    this.#settle(outcome, this.#ports.nowUs());
  }

  #settle(outcome: Outcome, nowUs: number): void {
    const request = this.#request;
    if (request === null) return;
    this.#request = null;
    this.#check = null;
    this.#ports.tally.end(request, outcome, nowUs, this.#bodyBytes);
  }

  /** How long the request in flight has been under way, in µs; 0 where there is none. */
  ageUs(nowUs: number): number {
    return this.#request === null ? 0 : nowUs - this.#request.startUs;
  }

  /** The client drops its connection: by its own timer, which ours precedes, or because we told it to. */
  clear(): void {
    this.fail('timeout');
  }

  peek(): unknown {
    return this.#request ?? undefined;
  }

  size(): number {
    return this.#request === null ? 0 : 1;
  }

  toArray(): unknown[] {
    return this.#request === null ? [] : [this.#request];
  }
}
