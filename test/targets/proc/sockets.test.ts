import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import {
  loopbackListeners,
  parseTcpTable,
  portOwner,
  socketHolders,
  socketsOnPort,
} from '../../../harness/targets/proc/sockets.ts';
import { holds } from '../../../harness/targets/process/stop-group.ts';
import { systemClock } from '../../../harness/base/clock.ts';
import { fixtureSpec, targetFleet } from '../support/fixtures.ts';
import { portInUse } from '../../../harness/targets/port-in-use.ts';
import { kernelChoice } from '../../../harness/targets/process/free-port.ts';

const fleet = targetFleet();
const servers: Server[] = [];

afterEach(async () => {
  await fleet.stopAll();
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

async function listenOn(host: string, port = 0): Promise<number> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const isMe = (pid: number): boolean => pid === process.pid;

describe('the table of TCP sockets', () => {
  const table = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    '   0: 0100007F:EA60 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 54321 1 ffff 100 0 0 10 0',
    '   1: 0100007F:EA60 0100007F:C001 06 00000000:00000000 03:00001770 00000000     0        0 0 3 ffff',
    '',
  ].join('\n');

  it('is read with the port in decimal, whether it listens, and its inode', () => {
    expect(parseTcpTable(table)).toEqual([
      { localAddress: '0100007F', localPort: 60_000, listening: true, inode: '54321' },
      { localAddress: '0100007F', localPort: 60_000, listening: false, inode: '0' },
    ]);
  });

  it('of nothing lists nothing', () => {
    expect(parseTcpTable('')).toEqual([]);
    expect(parseTcpTable('  sl  local_address\n\n')).toEqual([]);
  });
});

describe('who answers on a port', () => {
  it('is nobody where nothing listens', async () => {
    const port = await kernelChoice();
    expect(portOwner(port, isMe)).toEqual({ kind: 'nobody' });
    expect(portInUse(port)).toBeNull();
  });

  it.each(['127.0.0.1', '0.0.0.0', '::', '::ffff:127.0.0.1'])(
    'is found for a listener on %s',
    async (host) => {
      expect(portOwner(await listenOn(host), isMe)).toEqual({ kind: 'ours' });
    },
  );

  it('is nobody for a listener on another address, which never answers for 127.0.0.1', async () => {
    const port = await listenOn('127.0.0.2');
    expect(socketsOnPort(port)).toHaveLength(1);
    expect(portOwner(port, isMe)).toEqual({ kind: 'nobody' });
  });

  it('F18 is a foreign process by pid and command', async () => {
    const port = await listenOn('127.0.0.1');
    expect(portOwner(port, () => false)).toMatchObject({ kind: 'foreign', pid: process.pid });
    expect(portInUse(port)?.detail).toMatch(
      new RegExp(`^127\\.0\\.0\\.1:${port} belongs to pid ${process.pid} \\(.+\\)$`),
    );
  });

  it('F18 is foreign when only one of two listeners is ours, as that one takes a share of the connections', async () => {
    const server = createServer();
    servers.push(server);
    const port = await kernelChoice();
    await new Promise<void>((resolve) =>
      server.listen({ host: '127.0.0.1', port, reusePort: true }, resolve),
    );
    const other = await fleet.start(fixtureSpec('shares-port', { SHARED_PORT: String(port) }));
    await holds(() => (loopbackListeners(port) ?? []).length === 2, 10_000, systemClock);
    const pid = other.scope.kind === 'process-group' ? other.scope.leaderPid : 0;
    expect(portOwner(port, isMe)).toMatchObject({ kind: 'foreign', pid });
    await other.stop();
    expect(portOwner(port, isMe)).toEqual({ kind: 'ours' });
  });

  it('is known by the inode of the socket', async () => {
    const [socket] = loopbackListeners(await listenOn('127.0.0.1')) ?? [];
    expect(socketHolders(socket?.inode ?? '')).toEqual([process.pid]);
    expect(socketHolders('0')).toEqual([]);
  });
});
