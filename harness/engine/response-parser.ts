import { type BodySink, ChunkedBody } from './chunked-body.ts';
import type { FramingFields } from './framing-fields.ts';
import type { HeadMemory } from './head-memory.ts';
import { HeaderFields } from './header-fields.ts';
import { MAX_HEAD_BYTES, MAX_INTERIM_RESPONSES, type ParseFault } from './parse-fault.ts';
import { StatusLine } from './status-line.ts';

/** What a stretch of bytes led to. */
export const NEED_MORE = 0;
export const COMPLETE = 1;
export const FAULT = 2;
/** The body is, or says it will be, longer than anyone waits for. */
export const OVERSIZE = 3;
export type ParseEvent = typeof NEED_MORE | typeof COMPLETE | typeof FAULT | typeof OVERSIZE;

const STATUS_LINE = 0;
const HEADERS = 1;
const BODY_LENGTH = 2;
const BODY_CHUNKED = 3;
const BODY_UNTIL_CLOSE = 4;
const DONE = 5;

type Framing = Pick<FramingFields, 'contentLength' | 'isChunked' | 'saysClose' | 'saysKeepAlive'>;

/** How the end of the stream is to be read, by where it falls. */
export type StreamEnd = 'between' | 'within' | 'complete';

export interface ParserOptions {
  /** True where requests are HEAD: responses have no body, whatever their headers say. */
  isHead: boolean;
  memory: HeadMemory;
  /** The longest body worth reading, by status. */
  bodyLimitBytes: (status: number) => number;
}

/**
 * Parses HTTP/1.x responses incrementally, one after the other, from chunks cut anywhere. It builds no string, keeps
 * no byte and allocates nothing. Interim responses are passed over (bounded); `status`, `bodyBytes` and
 * `keepAlive` describe the final response of the last COMPLETE or OVERSIZE.
 */
export class ResponseParser {
  /** Index after the last byte that the last call of `parse` took. */
  position = 0;
  status = 0;
  fault: ParseFault | null = null;
  keepAlive = true;
  bodyBytes = 0;
  readonly #options: ParserOptions;
  readonly #statusLine = new StatusLine();
  readonly #headers = new HeaderFields();
  /** Made for the first body that comes in chunks: most targets send none, and connections may be many. */
  #chunked: ChunkedBody | null = null;
  #state = STATUS_LINE;
  #remaining = 0;
  #limitBytes = 0;
  #headBytes = 0;
  #interims = 0;

  constructor(options: ParserOptions) {
    this.#options = options;
  }

  /** Forgets a response that was not finished, as a new connection must. */
  reset(): void {
    this.#beginHead();
    this.status = 0;
    this.bodyBytes = 0;
    this.#headBytes = 0;
    this.#interims = 0;
    this.fault = null;
  }

  /**
   * Takes bytes of `chunk` from `from` until `to`, or until the response is complete or wrong: `position` says how far.
   * Body bytes go to `sink`, if there is one.
   */
  parse(chunk: Uint8Array, from: number, to: number, sink: BodySink | null): ParseEvent {
    if (this.#state === DONE) this.reset();
    let i = this.#state === STATUS_LINE && this.#headBytes === 0 ? this.#knownHead(chunk, from, to) : from;
    while (this.#state <= HEADERS) {
      if (i === to) {
        this.position = i;
        return NEED_MORE;
      }
      i = this.#head(chunk, i, to);
      if (this.fault !== null) {
        this.position = i;
        return FAULT;
      }
      const isWhole = this.#state > HEADERS && this.#headBytes === i - from && this.#interims === 0;
      if (isWhole) this.#options.memory.keep(chunk, from, i, this.#statusLine, this.#headers.framing);
    }
    return this.#body(chunk, i, to, sink);
  }

  /** Takes a head that equals the last one at once; else leaves it to be parsed. */
  #knownHead(chunk: Uint8Array, from: number, to: number): number {
    const { memory } = this.#options;
    const length = memory.match(chunk, from, to);
    if (length > 0) this.#frame(memory.status, memory.minorVersion, memory);
    return from + length;
  }

  #beginHead(): void {
    this.#statusLine.reset();
    this.#headers.reset();
    this.#state = STATUS_LINE;
  }

  /** What the end of the stream means now; a body that is delimited by it is complete. */
  end(): StreamEnd {
    if (this.#state === BODY_UNTIL_CLOSE) {
      this.#state = DONE;
      return 'complete';
    }
    const isUntouched = this.#state === DONE || (this.#state === STATUS_LINE && this.#statusLine.isUntouched);
    return isUntouched ? 'between' : 'within';
  }

  #head(chunk: Uint8Array, from: number, to: number): number {
    let i: number;
    if (this.#state === STATUS_LINE) {
      i = this.#statusLine.consume(chunk, from, to);
      this.fault = this.#statusLine.fault;
      if (this.#statusLine.isDone) this.#state = HEADERS;
    } else {
      i = this.#headers.consume(chunk, from, to);
      this.fault = this.#headers.fault;
    }
    this.#headBytes += i - from;
    if (this.fault === null) {
      if (this.#headBytes > MAX_HEAD_BYTES) this.fault = 'header-overflow';
      else if (this.#headers.isDone) this.#headDone();
    }
    return i;
  }

  #headDone(): void {
    const { status, minorVersion } = this.#statusLine;
    if (status >= 200) this.#frame(status, minorVersion, this.#headers.framing);
    else if (status === 101) this.fault = 'upgrade';
    else if (++this.#interims > MAX_INTERIM_RESPONSES) this.fault = 'too-many-interim';
    else this.#beginHead();
  }

  /** Decides how the body is delimited (RFC 9112, 6.3). */
  #frame(status: number, minorVersion: number, framing: Framing): void {
    this.status = status;
    this.keepAlive = !framing.saysClose && (minorVersion === 1 || framing.saysKeepAlive);
    this.bodyBytes = 0;
    this.#limitBytes = this.#options.bodyLimitBytes(status);
    if (this.#options.isHead || status === 204 || status === 304) {
      this.#state = BODY_LENGTH;
      this.#remaining = 0;
    } else if (framing.isChunked) {
      if (minorVersion === 0) this.fault = 'transfer-encoding';
      this.#chunked ??= new ChunkedBody();
      this.#chunked.reset();
      this.#state = BODY_CHUNKED;
    } else if (framing.contentLength >= 0) {
      this.#state = BODY_LENGTH;
      this.#remaining = framing.contentLength;
    } else {
      this.keepAlive = false;
      this.#state = BODY_UNTIL_CLOSE;
    }
  }

  #body(chunk: Uint8Array, from: number, to: number, sink: BodySink | null): ParseEvent {
    const chunked = this.#chunked;
    if (this.#state === BODY_CHUNKED && chunked !== null) {
      this.position = chunked.consume(chunk, from, to, this.#limitBytes, sink);
      this.bodyBytes = chunked.dataBytes;
      this.fault = chunked.fault;
      if (this.fault !== null) return FAULT;
      if (chunked.isDone) return this.#complete();
    } else {
      const isBounded = this.#state === BODY_LENGTH;
      if (isBounded && this.bodyBytes + this.#remaining > this.#limitBytes) return this.#oversize(from);
      const end = isBounded ? Math.min(to, from + this.#remaining) : to;
      if (sink !== null && end > from) sink.bytes(chunk, from, end);
      this.#remaining -= end - from;
      this.bodyBytes += end - from;
      this.position = end;
      if (isBounded && this.#remaining === 0) return this.#complete();
    }
    return this.bodyBytes > this.#limitBytes ? this.#oversize(this.position) : NEED_MORE;
  }

  #complete(): ParseEvent {
    this.#state = DONE;
    return COMPLETE;
  }

  #oversize(position: number): ParseEvent {
    this.position = position;
    return OVERSIZE;
  }
}
