import { connect, type Socket } from 'node:net';
import { errnoOf, messageOf } from '../../base/errors.ts';
import { MIB } from '../../base/units.ts';
import type { TargetAddress } from '../../model/target.ts';
import { parseResponse, type WireResponse } from './response-parser.ts';

/** A request as it is put on the wire. */
export interface WireRequest {
  method: string;
  path: string;
  headers?: Readonly<Record<string, string>>;
  body?: string | null;
}

/** What went wrong on the wire: said of the target, never an error of the harness. */
export class WireError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WireError';
  }
}

const DEFAULT_TIMEOUT_MS = 5_000;
const MAX_BODY_BYTES = 64 * MIB;

/** The bytes of a request; `connection: keep-alive` is HTTP/1.1's default and left out. */
export function encodeRequest(address: TargetAddress, request: WireRequest): Buffer {
  const body = Buffer.from(request.body ?? '');
  const sized =
    request.body === null || request.body === undefined ? {} : { 'content-length': String(body.length) };
  const headers = { host: `${address.host}:${address.port}`, ...request.headers, ...sized };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `${request.method} ${request.path} HTTP/1.1\r\n${lines.join('')}\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), body]);
}

/** One TCP connection that shows the bytes of the target as they are: no pool, no retry, no lenience. */
export class WireConnection {
  readonly #socket: Socket;
  readonly #timeoutMs: number;
  #chunks: Buffer[] = [];
  #receivedBytes = 0;
  #ended = false;
  #failure: string | null = null;
  #wake: () => void = () => undefined;

  private constructor(socket: Socket, timeoutMs: number) {
    this.#socket = socket;
    this.#timeoutMs = timeoutMs;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('end', () => this.#end(null));
    socket.on('error', (error) => this.#end(errnoOf(error) ?? messageOf(error)));
    socket.on('close', () => this.#end(null));
  }

  /** Throws WireError where nothing accepts the connection in time. */
  static open(address: TargetAddress, timeoutMs = DEFAULT_TIMEOUT_MS): Promise<WireConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: address.host, port: address.port, allowHalfOpen: true });
      const fail = (why: string): void => {
        socket.destroy();
        reject(new WireError(why));
      };
      const timer = setTimeout(() => fail(`no connection within ${timeoutMs} ms`), timeoutMs);
      socket.once('error', (error) => {
        clearTimeout(timer);
        fail(`cannot connect: ${errnoOf(error) ?? messageOf(error)}`);
      });
      socket.once('connect', () => {
        clearTimeout(timer);
        resolve(new WireConnection(socket, timeoutMs));
      });
    });
  }

  send(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** The next response; throws WireError where it is malformed, cut off or late. */
  async response(method: string, maxBodyBytes = MAX_BODY_BYTES): Promise<WireResponse> {
    const deadline = AbortSignal.timeout(this.#timeoutMs);
    for (;;) {
      const bytes = this.#buffered();
      const step = parseResponse(bytes, { method, maxBodyBytes, ended: this.#ended });
      if (step.kind === 'complete') {
        this.#keep(bytes.subarray(step.usedBytes));
        return step.response;
      }
      if (step.kind === 'invalid')
        throw new WireError(this.#failure === null ? step.why : `${step.why} (${this.#failure})`);
      if (deadline.aborted) {
        throw new WireError(`no complete response within ${this.#timeoutMs} ms (${bytes.length} bytes came)`);
      }
      await this.#more(deadline);
    }
  }

  /** True once the target has closed its side, waiting at most `withinMs`; bytes that come meanwhile are kept. */
  async closedByTarget(withinMs: number): Promise<boolean> {
    const deadline = AbortSignal.timeout(withinMs);
    while (!this.#ended && !deadline.aborted) await this.#more(deadline);
    return this.#ended;
  }

  /** Bytes received that belong to no response that was read. */
  get leftoverBytes(): number {
    return this.#receivedBytes;
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#receivedBytes += chunk.length;
    // A target that never stops sending stops being read: the parser has its verdict by then.
    if (this.#receivedBytes > MAX_BODY_BYTES + MIB) this.#socket.destroy();
    this.#wake();
  }

  #end(failure: string | null): void {
    this.#ended = true;
    this.#failure ??= failure;
    this.#wake();
  }

  #buffered(): Buffer {
    const bytes = Buffer.concat(this.#chunks);
    this.#keep(bytes);
    return bytes;
  }

  #keep(bytes: Buffer): void {
    this.#chunks = bytes.length === 0 ? [] : [bytes];
    this.#receivedBytes = bytes.length;
  }

  #more(deadline: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        deadline.removeEventListener('abort', done);
        resolve();
      };
      this.#wake = done;
      deadline.addEventListener('abort', done);
    });
  }
}

/** One request on a connection of its own. */
export async function exchange(
  address: TargetAddress,
  request: WireRequest,
  options: { timeoutMs?: number; maxBodyBytes?: number } = {},
): Promise<WireResponse> {
  const connection = await WireConnection.open(address, options.timeoutMs);
  try {
    connection.send(encodeRequest(address, request));
    return await connection.response(request.method, options.maxBodyBytes);
  } finally {
    connection.close();
  }
}
