import { CR, FIELD_VALUE, LF, type ParseFault, SPACE } from './parse-fault.ts';

const PREFIX = Buffer.from('HTTP/1.', 'latin1');
const ZERO = 0x30;
const ONE = 0x31;
/** Steps after the prefix; smaller numbers are positions in it. */
const MINOR = PREFIX.length;
const SPACE_BEFORE_CODE = MINOR + 1;
const CODE = SPACE_BEFORE_CODE + 1;
const AFTER_CODE = CODE + 3;
const REASON = AFTER_CODE + 1;
const LINE_FEED = REASON + 1;
const DONE = LINE_FEED + 1;

/** Parses `HTTP/1.x SP 3DIGIT [SP reason] CRLF`, byte by byte, however the bytes are cut. */
export class StatusLine {
  status = 0;
  minorVersion = 0;
  fault: ParseFault | null = null;
  #step = 0;

  reset(): void {
    this.status = 0;
    this.fault = null;
    this.#step = 0;
  }

  get isDone(): boolean {
    return this.#step === DONE;
  }

  /** True until the first byte. */
  get isUntouched(): boolean {
    return this.#step === 0;
  }

  /** Returns the index after the last byte taken; stops at the end of the line or at a fault. */
  consume(chunk: Uint8Array, from: number, to: number): number {
    let i = from;
    while (i < to && this.#step !== DONE) {
      const byte = chunk[i] ?? 0;
      if (this.#step === REASON && FIELD_VALUE[byte] === 1) {
        i++;
        continue;
      }
      this.fault = this.#advance(byte);
      if (this.fault !== null) return i;
      i++;
    }
    return i;
  }

  #advance(byte: number): ParseFault | null {
    const step = this.#step;
    if (step < MINOR) {
      if (byte !== PREFIX[step]) return 'version';
    } else if (step === MINOR) {
      if (byte !== ZERO && byte !== ONE) return 'version';
      this.minorVersion = byte - ZERO;
    } else if (step === SPACE_BEFORE_CODE) {
      if (byte !== SPACE) return 'version';
    } else if (step < AFTER_CODE) {
      return this.#digit(byte);
    } else if (step === LINE_FEED) {
      if (byte !== LF) return 'line-ending';
    } else {
      return this.#reason(byte);
    }
    this.#step = step + 1;
    return null;
  }

  #digit(byte: number): ParseFault | null {
    const digit = byte - ZERO;
    if (digit < 0 || digit > 9) return 'status';
    this.status = this.status * 10 + digit;
    this.#step++;
    return this.#step === AFTER_CODE && (this.status < 100 || this.status > 599) ? 'status' : null;
  }

  #reason(byte: number): ParseFault | null {
    if (byte === CR) {
      this.#step = LINE_FEED;
      return null;
    }
    if (byte === LF) return 'line-ending';
    if (this.#step !== AFTER_CODE || byte !== SPACE) return 'status';
    this.#step = REASON;
    return null;
  }
}
