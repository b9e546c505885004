import { HeaderFields } from './header-fields.ts';
import {
  CR,
  FIELD_VALUE,
  LF,
  MAX_CHUNK_EXTENSION_BYTES,
  MAX_HEAD_BYTES,
  type ParseFault,
  SEMICOLON,
} from './parse-fault.ts';

const SIZE_FIRST = 0;
const SIZE = 1;
const EXTENSION = 2;
const SIZE_LINE_FEED = 3;
const DATA = 4;
const DATA_CARRIAGE_RETURN = 5;
const DATA_LINE_FEED = 6;
const TRAILERS = 7;
const DONE = 8;
/** 2^48 bytes: more than any body, and exact as a double. */
const MAX_SIZE_DIGITS = 12;
const NOT_HEX = 255;

const HEX = new Uint8Array(256).fill(NOT_HEX);
for (let value = 0; value < 16; value++) {
  const digit = value.toString(16);
  HEX[digit.charCodeAt(0)] = value;
  HEX[digit.toUpperCase().charCodeAt(0)] = value;
}

/** Receives the bytes of a body as they come, without keeping the chunk. */
export interface BodySink {
  bytes(chunk: Uint8Array, from: number, to: number): void;
}

/** Parses a chunked body (RFC 9112, 7.1) with its trailers, without joining the chunks. */
export class ChunkedBody {
  /** Bytes of data so far. */
  dataBytes = 0;
  fault: ParseFault | null = null;
  readonly #trailers = new HeaderFields();
  #step = SIZE_FIRST;
  #size = 0;
  #sizeDigits = 0;
  #extensionBytes = 0;
  #trailerBytes = 0;

  reset(): void {
    this.dataBytes = 0;
    this.fault = null;
    this.#trailers.reset();
    this.#step = SIZE_FIRST;
    this.#extensionBytes = 0;
    this.#trailerBytes = 0;
  }

  get isDone(): boolean {
    return this.#step === DONE;
  }

  /** Returns the index after the last byte taken; stops at the end of the body, at a fault, or beyond `limitBytes` of data. */
  consume(chunk: Uint8Array, from: number, to: number, limitBytes: number, sink: BodySink | null): number {
    let i = from;
    while (i < to && this.#step !== DONE && this.dataBytes <= limitBytes) {
      if (this.#step === DATA) i = this.#data(chunk, i, to, sink);
      else if (this.#step === TRAILERS) i = this.#trailer(chunk, i, to);
      else {
        this.fault = this.#framing(chunk[i] ?? 0);
        i++;
      }
      if (this.fault !== null) return i;
    }
    return i;
  }

  #data(chunk: Uint8Array, from: number, to: number, sink: BodySink | null): number {
    const end = Math.min(to, from + this.#size);
    if (sink !== null) sink.bytes(chunk, from, end);
    this.#size -= end - from;
    this.dataBytes += end - from;
    if (this.#size === 0) this.#step = DATA_CARRIAGE_RETURN;
    return end;
  }

  #trailer(chunk: Uint8Array, from: number, to: number): number {
    const end = this.#trailers.consume(chunk, from, to);
    this.fault = this.#trailers.fault;
    this.#trailerBytes += end - from;
    if (this.#trailerBytes > MAX_HEAD_BYTES) this.fault = 'header-overflow';
    if (this.#trailers.isDone) this.#step = DONE;
    return end;
  }

  #framing(byte: number): ParseFault | null {
    switch (this.#step) {
      case DATA_CARRIAGE_RETURN:
        this.#step = DATA_LINE_FEED;
        return byte === CR ? null : 'chunk-size';
      case DATA_LINE_FEED:
        this.#step = SIZE_FIRST;
        return byte === LF ? null : 'line-ending';
      case SIZE_LINE_FEED:
        this.#step = this.#size === 0 ? TRAILERS : DATA;
        return byte === LF ? null : 'line-ending';
      case EXTENSION:
        return this.#extension(byte);
      default:
        return this.#sizeByte(byte);
    }
  }

  #sizeByte(byte: number): ParseFault | null {
    const digit = HEX[byte] ?? NOT_HEX;
    if (digit !== NOT_HEX) {
      if (this.#step === SIZE_FIRST) {
        this.#size = 0;
        this.#sizeDigits = 0;
        this.#step = SIZE;
      }
      this.#size = this.#size * 16 + digit;
      return ++this.#sizeDigits > MAX_SIZE_DIGITS ? 'chunk-size' : null;
    }
    if (this.#step === SIZE_FIRST) return 'chunk-size';
    if (byte === CR) this.#step = SIZE_LINE_FEED;
    else if (byte === SEMICOLON) this.#step = EXTENSION;
    else return byte === LF ? 'line-ending' : 'chunk-size';
    return null;
  }

  #extension(byte: number): ParseFault | null {
    if (byte === CR) this.#step = SIZE_LINE_FEED;
    else if (byte === LF) return 'line-ending';
    else if (FIELD_VALUE[byte] !== 1) return 'chunk-size';
    return ++this.#extensionBytes > MAX_CHUNK_EXTENSION_BYTES ? 'chunk-extension-overflow' : null;
  }
}
