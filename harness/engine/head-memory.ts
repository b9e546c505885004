import type { FramingFields } from './framing-fields.ts';
import type { StatusLine } from './status-line.ts';

/** Longer heads are parsed each time. */
const LIMIT_BYTES = 1_024;

/**
 * The last head that was understood, and what it meant. Servers repeat theirs byte for byte, but for a date once a
 * second: comparing costs a fifth of parsing, and equal bytes cannot mean anything else. Shared by all connections of a worker.
 */
export class HeadMemory {
  status = 0;
  minorVersion = 1;
  contentLength = -1;
  isChunked = false;
  saysClose = false;
  saysKeepAlive = false;
  readonly #bytes = new Uint8Array(LIMIT_BYTES);
  #length = 0;

  /** Length of the remembered head where the bytes begin with it, else 0. */
  match(chunk: Uint8Array, from: number, to: number): number {
    const length = this.#length;
    if (to - from < length) return 0;
    const bytes = this.#bytes;
    for (let i = 0; i < length; i++) if (bytes[i] !== chunk[from + i]) return 0;
    return length;
  }

  keep(chunk: Uint8Array, from: number, to: number, line: StatusLine, framing: FramingFields): void {
    if (to - from > LIMIT_BYTES) return;
    this.#length = to - from;
    for (let i = from; i < to; i++) this.#bytes[i - from] = chunk[i] ?? 0;
    this.status = line.status;
    this.minorVersion = line.minorVersion;
    this.contentLength = framing.contentLength;
    this.isChunked = framing.isChunked;
    this.saysClose = framing.saysClose;
    this.saysKeepAlive = framing.saysKeepAlive;
  }
}
