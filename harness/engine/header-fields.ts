import { COLON, CR, FIELD_VALUE, HT, LF, type ParseFault, SPACE, TOKEN } from './parse-fault.ts';
import { FramingFields } from './framing-fields.ts';

const LINE_START = 0;
const NAME = 1;
const BEFORE_VALUE = 2;
const VALUE = 3;
const LINE_FEED = 4;
const LAST_LINE_FEED = 5;
const DONE = 6;

/**
 * Parses header lines up to and with the empty one. Names and values are checked byte by byte, but only those that frame
 * the message are looked at; nothing is kept of the others.
 */
export class HeaderFields {
  readonly framing = new FramingFields();
  fault: ParseFault | null = null;
  #step = LINE_START;

  reset(): void {
    this.framing.reset();
    this.fault = null;
    this.#step = LINE_START;
  }

  get isDone(): boolean {
    return this.#step === DONE;
  }

  /** Returns the index after the last byte taken; stops after the empty line or at a fault. */
  consume(chunk: Uint8Array, from: number, to: number): number {
    let i = from;
    while (i < to && this.#step !== DONE) {
      if (this.#step === NAME) i = this.#name(chunk, i, to);
      else if (this.#step === VALUE) i = this.#value(chunk, i, to);
      else if (this.#between(chunk[i] ?? 0)) i++;
      if (this.fault !== null) return i;
    }
    return i;
  }

  #name(chunk: Uint8Array, from: number, to: number): number {
    const { framing } = this;
    for (let i = from; i < to; i++) {
      const byte = chunk[i] ?? 0;
      const lower = TOKEN[byte] ?? 0;
      if (lower !== 0) {
        framing.nameByte(lower);
      } else if (byte === COLON) {
        this.fault = framing.nameEnd();
        this.#step = BEFORE_VALUE;
        return i + 1;
      } else {
        this.fault = 'header';
        return i;
      }
    }
    return to;
  }

  #value(chunk: Uint8Array, from: number, to: number): number {
    let i = from;
    if (this.framing.isWatching) {
      for (; i < to && FIELD_VALUE[chunk[i] ?? 0] === 1; i++) {
        this.fault = this.framing.valueByte(chunk[i] ?? 0);
        if (this.fault !== null) return i;
      }
    } else {
      while (i < to && FIELD_VALUE[chunk[i] ?? 0] === 1) i++;
    }
    if (i === to) return to;
    const end = chunk[i];
    if (end !== CR) {
      this.fault = end === LF ? 'line-ending' : 'header';
      return i;
    }
    this.fault = this.framing.valueEnd();
    this.#step = LINE_FEED;
    return i + 1;
  }

  /** Takes one byte where neither a name nor a value goes on; false where it belongs to the next step. */
  #between(byte: number): boolean {
    switch (this.#step) {
      case LINE_START:
        if (byte === CR) this.#step = LAST_LINE_FEED;
        else if (byte === SPACE || byte === HT) this.fault = 'folded-header';
        else if (byte === LF) this.fault = 'line-ending';
        else if (TOKEN[byte] === 0) this.fault = 'header';
        else {
          this.framing.nameStart();
          this.#step = NAME;
          return false;
        }
        return true;
      case BEFORE_VALUE:
        if (byte === SPACE || byte === HT) return true;
        this.#step = VALUE;
        return false;
      case LINE_FEED:
        if (byte !== LF) this.fault = 'line-ending';
        this.#step = LINE_START;
        return true;
      default:
        if (byte !== LF) this.fault = 'line-ending';
        this.#step = DONE;
        return true;
    }
  }
}
