import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach } from 'vitest';
import type { LoadRequest, LoadResult } from '../../../harness/model/load.ts';
import { type Answer, type FaultServer, startFaultServer } from '../fault-server.ts';
import { driverNamed, measure, requestFor } from '../run-driver.ts';

export const driver = driverNamed('dyno');
const closers: Array<() => Promise<void>> = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

export async function serve(
  script: readonly Answer[] | ((requestNumber: number) => Answer),
  options: { delayMs?: number } = {},
): Promise<FaultServer> {
  const decide =
    typeof script === 'function' ? script : (n: number): Answer => script[n % script.length] ?? 'ok';
  const server = await startFaultServer(decide, options);
  closers.push(() => server.close());
  return server;
}

/** Loads a server that answers by script; a list is repeated. */
export async function load(
  script: readonly Answer[] | ((requestNumber: number) => Answer),
  changes: Partial<LoadRequest> = {},
  options: { delayMs?: number } = {},
): Promise<{ result: LoadResult; truth: FaultServer }> {
  const truth = await serve(script, options);
  return { result: await measure(driver, requestFor(truth.port, changes)), truth };
}

/** A server whose every connection is given to `handle`; closed after the test. */
export async function serveRaw(handle: (socket: Socket) => void): Promise<{ port: number; server: Server }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    handle(socket);
  });
  server.listen(0, '127.0.0.1', 4_096);
  await once(server, 'listening');
  closers.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return { port: portOf(server.address()), server };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

export const amount = (requests: number): Partial<LoadRequest> => ({
  termination: { kind: 'amount', requests },
});
export const lasting = (ms: number): Partial<LoadRequest> => ({ termination: { kind: 'duration', ms } });
export const anyBody = { status: 200, bodyBytes: null, bodySha256: null };
