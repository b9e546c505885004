import { stripVTControlCharacters } from 'node:util';
import { MIB } from '../base/units.ts';

/** Lines of log that explain a failure. */
export const LOG_TAIL_LINES = 50;

/**
 * What a target logged, in memory of a fixed size whatever it writes: the first half is kept for the beginning, which
 * explains start-up, the other half for the latest, which explains the end.
 */
export class LogRing {
  readonly #head: Buffer;
  readonly #tail: Buffer;
  #headBytes = 0;
  /** Everything ever written behind the head; its latest part stands in the tail, wrapped around. */
  #tailWritten = 0;

  constructor(capacityBytes = MIB) {
    const half = Math.floor(capacityBytes / 2);
    this.#head = Buffer.alloc(half);
    this.#tail = Buffer.alloc(half);
  }

  get droppedBytes(): number {
    return Math.max(0, this.#tailWritten - this.#tail.length);
  }

  push(chunk: Uint8Array): void {
    const forHead = chunk.subarray(0, this.#head.length - this.#headBytes);
    this.#head.set(forHead, this.#headBytes);
    this.#headBytes += forHead.length;
    this.#pushTail(chunk.subarray(forHead.length));
  }

  /** The last lines, with a note where output was dropped between beginning and end. */
  lastLines(count: number): string[] {
    const dropped = this.droppedBytes;
    const gap = Buffer.from(dropped === 0 ? '' : `\n[${dropped} bytes of log dropped]\n`);
    const whole = Buffer.concat([this.#head.subarray(0, this.#headBytes), gap, ...this.#tailPieces()]);
    return printableLines(whole.toString('utf8', startOfLastLines(whole, count)), count);
  }

  #pushTail(chunk: Uint8Array): void {
    const size = this.#tail.length;
    const kept = chunk.subarray(Math.max(0, chunk.length - size));
    const at = (this.#tailWritten + chunk.length - kept.length) % size;
    const untilEnd = kept.subarray(0, size - at);
    this.#tail.set(untilEnd, at);
    this.#tail.set(kept.subarray(untilEnd.length), 0);
    this.#tailWritten += chunk.length;
  }

  #tailPieces(): Buffer[] {
    if (this.#tailWritten <= this.#tail.length) return [this.#tail.subarray(0, this.#tailWritten)];
    const at = this.#tailWritten % this.#tail.length;
    return [this.#tail.subarray(at), this.#tail.subarray(0, at)];
  }
}

const LINE_LIMIT = 500;
const NEWLINE = 0x0a;

/** Where the last lines begin, so that only these are decoded. */
function startOfLastLines(bytes: Buffer, count: number): number {
  let at = bytes.at(-1) === NEWLINE ? bytes.length - 1 : bytes.length;
  for (let found = 0; found < count && at > 0; found++) at = bytes.lastIndexOf(NEWLINE, at - 1);
  return Math.max(0, at);
}

/** The last lines of a text, each fit for a terminal. */
export function printableLines(text: string, count = Number.POSITIVE_INFINITY): string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines.slice(-count).map(printable);
}

/** A log line that cannot move a cursor, set a title or fill a screen. */
function printable(line: string): string {
  const plain = stripVTControlCharacters(line).replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, ' ');
  return plain.length > LINE_LIMIT ? `${plain.slice(0, LINE_LIMIT)}…` : plain;
}
