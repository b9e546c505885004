import { COMMA, HT, type ParseFault, SPACE } from './parse-fault.ts';

const CONTENT_LENGTH = Buffer.from('content-length', 'latin1');
const CONNECTION = Buffer.from('connection', 'latin1');
const TRANSFER_ENCODING = Buffer.from('transfer-encoding', 'latin1');
const CHUNKED = Buffer.from('chunked', 'latin1');
const CLOSE = Buffer.from('close', 'latin1');
const KEEP_ALIVE = Buffer.from('keep-alive', 'latin1');
const NONE = Buffer.alloc(0);
const LOWER_C = 0x63;
const LOWER_N = 0x6e;
const LOWER_T = 0x74;
const ZERO = 0x30;
/** 10^15 - 1 bytes are exact as a double; longer lengths are refused as absurd. */
const MAX_LENGTH_DIGITS = 15;

/**
 * The three header fields that say where a message ends and whether the connection lives on. Whatever two readers could
 * understand differently (RFC 9112, 6.3; request smuggling) is a fault: repeated or odd lengths, both framings at once.
 */
export class FramingFields {
  /** -1 where absent. */
  contentLength = -1;
  isChunked = false;
  saysClose = false;
  saysKeepAlive = false;
  #name: Buffer = NONE;
  #nameLength = 0;
  #token: Buffer = NONE;
  #tokenLength = 0;
  #valueEnded = false;

  reset(): void {
    this.contentLength = -1;
    this.isChunked = false;
    this.saysClose = false;
    this.saysKeepAlive = false;
  }

  nameStart(): void {
    this.#name = NONE;
    this.#nameLength = 0;
  }

  /** Takes one lower-case byte of a name. */
  nameByte(lower: number): void {
    const index = this.#nameLength++;
    if (index === 0) {
      if (lower === LOWER_C) this.#name = CONTENT_LENGTH;
      else if (lower === LOWER_T) this.#name = TRANSFER_ENCODING;
    } else if (this.#name !== NONE && this.#name[index] !== lower) {
      this.#name = this.#name === CONTENT_LENGTH && index === 3 && lower === LOWER_N ? CONNECTION : NONE;
    }
  }

  nameEnd(): ParseFault | null {
    if (this.#name.length !== this.#nameLength) this.#name = NONE;
    this.#token = NONE;
    this.#tokenLength = 0;
    this.#valueEnded = false;
    if (this.#name === CONTENT_LENGTH) {
      if (this.contentLength >= 0) return 'content-length';
      this.contentLength = 0;
    } else if (this.#name === TRANSFER_ENCODING) {
      if (this.isChunked) return 'transfer-encoding';
      this.#token = CHUNKED;
    }
    return null;
  }

  /** True while the field in hand is one of the three. */
  get isWatching(): boolean {
    return this.#name !== NONE;
  }

  valueByte(byte: number): ParseFault | null {
    if (this.#name === CONTENT_LENGTH) return this.#lengthByte(byte);
    if (this.#name === TRANSFER_ENCODING) return this.#codingByte(byte);
    if (byte === COMMA || byte === SPACE || byte === HT) this.#optionEnd();
    else this.#optionByte(byte | 0x20);
    return null;
  }

  valueEnd(): ParseFault | null {
    if (this.#name === CONTENT_LENGTH) {
      if (this.#tokenLength === 0) return 'content-length';
    } else if (this.#name === TRANSFER_ENCODING) {
      if (this.#tokenLength !== CHUNKED.length) return 'transfer-encoding';
      this.isChunked = true;
    } else if (this.#name === CONNECTION) {
      this.#optionEnd();
    }
    return this.isChunked && this.contentLength >= 0 ? 'ambiguous-length' : null;
  }

  #lengthByte(byte: number): ParseFault | null {
    if (byte === SPACE || byte === HT) {
      this.#valueEnded = true;
      return null;
    }
    const digit = byte - ZERO;
    if (this.#valueEnded || digit < 0 || digit > 9 || ++this.#tokenLength > MAX_LENGTH_DIGITS) {
      return 'content-length';
    }
    this.contentLength = this.contentLength * 10 + digit;
    return null;
  }

  #codingByte(byte: number): ParseFault | null {
    if (byte === SPACE || byte === HT) {
      this.#valueEnded = true;
      return null;
    }
    return !this.#valueEnded && (byte | 0x20) === CHUNKED[this.#tokenLength++] ? null : 'transfer-encoding';
  }

  #optionByte(lower: number): void {
    const index = this.#tokenLength++;
    if (index === 0) this.#token = lower === CLOSE[0] ? CLOSE : KEEP_ALIVE;
    if (this.#token[index] !== lower) this.#token = NONE;
  }

  #optionEnd(): void {
    if (this.#token !== NONE && this.#tokenLength === this.#token.length) {
      if (this.#token === CLOSE) this.saysClose = true;
      else this.saysKeepAlive = true;
    }
    this.#token = NONE;
    this.#tokenLength = 0;
  }
}
