import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** What the server does with one request. */
export type Answer =
  | 'ok'
  | 'status-500'
  | 'short-body'
  | 'wrong-bytes'
  | 'reset'
  | 'fin'
  | 'truncate'
  | 'garbage'
  | 'silent'
  | 'trickle'
  | 'double'
  | 'late-surplus'
  | 'interim'
  | 'endless-interim'
  | 'announced-close'
  | 'until-close'
  | 'chunked';

export const BODY = Buffer.from(Array.from({ length: 1_024 }, (_, i) => (i * 31 + 7) % 256));

function responseOf(body: Buffer, head = 'HTTP/1.1 200 OK\r\n'): Buffer {
  return Buffer.concat([Buffer.from(`${head}content-length: ${body.length}\r\n\r\n`), body]);
}

const OK = responseOf(BODY);
/** Bytes on the wire of one correct response. */
export const OK_WIRE_BYTES = OK.length;
const INTERIM = Buffer.from('HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n');

/** A raw server that misbehaves by script and counts, by itself, what it has seen and done. */
export interface FaultServer {
  port: number;
  /** Requests received, and what each of them got. */
  requests: number;
  answers: Map<Answer, number>;
  connections: number;
  close(): Promise<void>;
}

export async function startFaultServer(
  decide: (requestNumber: number) => Answer,
  { delayMs = 0 }: { delayMs?: number } = {},
): Promise<FaultServer> {
  const sockets = new Set<Socket>();
  const timers = new Set<NodeJS.Timeout>();
  const truth = { requests: 0, connections: 0, answers: new Map<Answer, number>() };
  const server = createServer((socket) => {
    truth.connections++;
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    let pending = '';
    socket.on('data', (chunk) => {
      pending += chunk.toString('latin1');
      for (let end = pending.indexOf('\r\n\r\n'); end >= 0; end = pending.indexOf('\r\n\r\n')) {
        pending = pending.slice(end + 4);
        const answer = decide(truth.requests++);
        truth.answers.set(answer, (truth.answers.get(answer) ?? 0) + 1);
        if (delayMs === 0) give(socket, answer, timers);
        else timers.add(setTimeout(() => give(socket, answer, timers), delayMs));
      }
    });
  });
  server.listen(0, '127.0.0.1', 4_096);
  await once(server, 'listening');
  return Object.assign(truth, {
    port: portOf(server.address()),
    close: async () => {
      for (const timer of timers) clearTimeout(timer);
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  });
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

function give(socket: Socket, answer: Answer, timers: Set<NodeJS.Timeout>): void {
  if (socket.destroyed) return;
  const plain: Partial<Record<Answer, () => void>> = {
    'status-500': () => socket.write(responseOf(BODY, 'HTTP/1.1 500 Oops\r\n')),
    'short-body': () => socket.write(responseOf(BODY.subarray(1))),
    'wrong-bytes': () => socket.write(responseOf(Buffer.alloc(BODY.length))),
    reset: () => socket.resetAndDestroy(),
    fin: () => socket.end(),
    truncate: () => socket.end(OK.subarray(0, OK.length - 1)),
    garbage: () => socket.write('SSH-2.0-OpenSSH_9.6\r\n'),
    silent: () => undefined,
    trickle: () => trickle(socket, timers),
    double: () => socket.write(Buffer.concat([OK, OK])),
    'late-surplus': () => socket.write(Buffer.concat([OK, Buffer.from('H')])),
    interim: () => socket.write(Buffer.concat([INTERIM, INTERIM, OK])),
    'endless-interim': () => socket.write(Buffer.concat(Array.from({ length: 40 }, () => INTERIM))),
    'announced-close': () => socket.end(responseOf(BODY, 'HTTP/1.1 200 OK\r\nconnection: close\r\n')),
    'until-close': () => socket.end(Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\n\r\n'), BODY])),
    chunked: () =>
      socket.write(
        Buffer.concat([
          Buffer.from('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n400\r\n'),
          BODY,
          Buffer.from('\r\n0\r\n\r\n'),
        ]),
      ),
  };
  (plain[answer] ?? (() => socket.write(OK)))();
}

/** One byte every 20 ms: never idle for long, never done. */
function trickle(socket: Socket, timers: Set<NodeJS.Timeout>): void {
  let sent = 0;
  const timer = setInterval(() => {
    if (socket.destroyed || sent >= OK.length) clearInterval(timer);
    else socket.write(OK.subarray(sent, ++sent));
  }, 20);
  timers.add(timer);
}
