import { connect, type Socket } from 'node:net';
import { errnoOf } from '../base/errors.ts';
import { type DirectWrite, directWriteOf } from './direct-write.ts';

/** Up to this size a write is expected to fit the socket's buffer, and takes the direct way. */
const DIRECT_LIMIT_BYTES = 16_384;

export interface TransportListener {
  opened(): void;
  /** Bytes stand at the start of the read buffer until this returns. */
  received(length: number): void;
  /** The peer will send no more. */
  ended(): void;
  /** The connection is gone, or never came to be; errno name or null. */
  failed(code: string | null): void;
}

export interface TransportOptions {
  host: string;
  port: number;
  /** One for all connections of a worker: each read is consumed before the next. */
  readBuffer: Uint8Array;
}

/** One TCP connection, from connect to close; after `close` or `abort` its listener hears nothing more. */
export class Transport {
  readonly #socket: Socket;
  readonly #listener: TransportListener;
  #directWrite: DirectWrite | null = null;
  #isClosed = false;

  constructor({ host, port, readBuffer }: TransportOptions, listener: TransportListener) {
    this.#listener = listener;
    const callback = (length: number): boolean => {
      if (!this.#isClosed) listener.received(length);
      return true;
    };
    this.#socket = connect({ host, port, noDelay: true, onread: { buffer: readBuffer, callback } });
    this.#socket.on('connect', () => this.#opened());
    this.#socket.on('end', () => {
      if (!this.#isClosed) listener.ended();
    });
    this.#socket.on('error', (error) => {
      if (!this.#isClosed) listener.failed(errnoOf(error));
    });
  }

  #opened(): void {
    if (this.#isClosed) return;
    this.#directWrite = directWriteOf(this.#socket);
    this.#listener.opened();
  }

  /** Sends bytes that nobody changes afterwards; false when the connection is known to be gone. */
  write(bytes: Buffer): boolean {
    if (this.#directWrite !== null && bytes.length <= DIRECT_LIMIT_BYTES)
      return this.#directWrite(bytes) === 0;
    this.#socket.write(bytes);
    return true;
  }

  /** Closes in order: the peer reads the end of the stream. */
  close(): void {
    this.#isClosed = true;
    this.#socket.destroy();
  }

  /** Closes at once, with RST where there is a connection: no port of ours is left waiting. */
  abort(): void {
    this.#isClosed = true;
    if (this.#socket.connecting) this.#socket.destroy();
    else this.#socket.resetAndDestroy();
  }
}
