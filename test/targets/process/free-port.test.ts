import { connect, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { freeLoopbackPort, kernelChoice } from '../../../harness/targets/process/free-port.ts';
import { socketsOnPort } from '../../../harness/targets/proc/sockets.ts';

/** Proposes the given ports one after the other. */
function proposing(...ports: number[]): () => Promise<number> {
  return async () => ports.shift() ?? kernelChoice();
}

describe('a free port', () => {
  it('can be listened on', async () => {
    const port = await freeLoopbackPort();
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    await new Promise((resolve) => server.close(resolve));
    expect(port).toBeGreaterThan(1_023);
  });

  it('is not one that somebody listens on', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const taken = typeof address === 'object' && address !== null ? address.port : 0;
    const other = await kernelChoice();
    expect(await freeLoopbackPort(proposing(taken, other))).toBe(other);
    await new Promise((resolve) => server.close(resolve));
  });

  it('F37 is not one with connections of an earlier target in TIME_WAIT', async () => {
    const server = createServer((socket) => socket.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const used = typeof address === 'object' && address !== null ? address.port : 0;
    await new Promise((resolve) => connect(used, '127.0.0.1').on('close', resolve).resume());
    await new Promise((resolve) => server.close(resolve));
    expect(socketsOnPort(used)?.length).toBeGreaterThan(0);
    const other = await kernelChoice();
    expect(await freeLoopbackPort(proposing(used, other))).toBe(other);
  });

  it('is refused with one sentence when none is quiet', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const taken = typeof address === 'object' && address !== null ? address.port : 0;
    await expect(freeLoopbackPort(async () => taken)).rejects.toMatchObject({ code: 'PREFLIGHT' });
    await new Promise((resolve) => server.close(resolve));
  });
});
