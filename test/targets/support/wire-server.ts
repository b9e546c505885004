import { createServer, type Server, type Socket } from 'node:net';
import type { RunningTarget } from '../../../harness/model/ports.ts';
import type { TargetAddress } from '../../../harness/model/target.ts';
import { readProcess } from '../../../harness/targets/proc/processes.ts';
import { targetSpec } from '../../support/factories.ts';
import { payload } from './fixtures.ts';

export interface WireServer {
  address: TargetAddress;
  /** Connections that were accepted so far. */
  accepted(): number;
  close(): Promise<void>;
}

/** A TCP server within the test, so that a test decides about every byte that a client sees. */
export async function wireServer(onConnection: (socket: Socket) => void): Promise<WireServer> {
  const sockets = new Set<Socket>();
  let accepted = 0;
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    accepted++;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('end', () => socket.end());
    socket.on('close', () => sockets.delete(socket));
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  return {
    address: { host: '127.0.0.1', port: address.port },
    accepted: () => accepted,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The bytes of a response with the given body. */
export function responseBytes(
  body: Buffer | string,
  headers: Record<string, string> = {},
  status = '200 OK',
): Buffer {
  const bytes = Buffer.from(body);
  const all = { 'content-length': String(bytes.length), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status}\r\n${lines.join('')}\r\n`), bytes]);
}

export interface SeenRequest {
  method: string;
  path: string;
  close: boolean;
}

/** Calls back once a request, however its bytes arrive: heads end at a blank line, bodies are not expected. */
export function onRequests(socket: Socket, handle: (request: SeenRequest) => void): void {
  let buffered = '';
  socket.on('data', (chunk) => {
    buffered += chunk.toString('latin1');
    for (let end = buffered.indexOf('\r\n\r\n'); end !== -1; end = buffered.indexOf('\r\n\r\n')) {
      const head = buffered.slice(0, end);
      buffered = buffered.slice(end + 4);
      const [method = '', path = ''] = head.split(' ');
      handle({ method, path, close: /^connection: close$/im.test(head) });
    }
  });
}

export const NONCE = 'nonce-of-this-start';

/** What a target that keeps the contract answers; tests replace single answers of it. */
export function contractAnswer({ path, method }: SeenRequest): Buffer {
  const answer = ((): Buffer => {
    if (path === '/healthz') {
      return responseBytes('ok', { 'x-httpdyno-target': 'fixture', 'x-httpdyno-nonce': NONCE });
    }
    if (path === '/payload/1kb')
      return responseBytes(payload, { 'content-type': 'application/octet-stream' });
    return responseBytes('', {}, '404 Not Found');
  })();
  return method === 'HEAD' ? answer.subarray(0, answer.indexOf('\r\n\r\n') + 4) : answer;
}

/** A connection handler that keeps the contract. */
export function keepsContract(socket: Socket): void {
  onRequests(socket, (request) => {
    socket.write(contractAnswer(request));
    if (request.close) socket.end();
  });
}

/** A RunningTarget that stands for a server within the test. */
export function targetAt(address: TargetAddress, overrides: Partial<RunningTarget> = {}): RunningTarget {
  return {
    spec: targetSpec('fixture'),
    launcher: 'process',
    address,
    nonce: NONCE,
    argv: ['./fixture'],
    scope: { kind: 'process-group', leaderPid: readProcess(process.pid)?.groupId ?? 0 },
    exited: new Promise(() => undefined),
    logTail: () => [],
    stop: async () => ({ exit: { exitCode: 0, signal: null, oomKilled: false }, killed: false }),
    ...overrides,
  };
}
