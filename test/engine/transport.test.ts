import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { directWriteOf } from '../../harness/engine/direct-write.ts';
import { Transport, type TransportListener } from '../../harness/engine/transport.ts';

let server: Server;
let accepted: Socket[];
let received: Buffer[];

beforeEach(async () => {
  accepted = [];
  received = [];
  server = createServer({ allowHalfOpen: true }, (socket) => {
    accepted.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => received.push(chunk));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(async () => {
  for (const socket of accepted) socket.destroy();
  server.close();
  await once(server, 'close');
});

function port(): number {
  const address: AddressInfo | string | null = server.address();
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 1_000 && !condition(); i++) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(condition()).toBe(true);
}

/** A transport that writes down all it hears. */
function transport(toPort = port()): { transport: Transport; heard: string[] } {
  const heard: string[] = [];
  const readBuffer = new Uint8Array(16);
  const listener: TransportListener = {
    opened: () => heard.push('opened'),
    received: (length) => heard.push(Buffer.from(readBuffer.subarray(0, length)).toString()),
    ended: () => heard.push('ended'),
    failed: (code) => heard.push(`failed ${code}`),
  };
  return { transport: new Transport({ host: '127.0.0.1', port: toPort, readBuffer }, listener), heard };
}

describe('a transport', () => {
  it('hears what comes, in pieces of its buffer, and the end', async () => {
    const { transport: client, heard } = transport();
    await until(() => heard.includes('opened') && accepted.length === 1);
    accepted[0]?.end('0123456789abcdefXYZ');
    await until(() => heard.includes('ended'));
    expect(heard).toEqual(['opened', '0123456789abcdef', 'XYZ', 'ended']);
    client.close();
  });

  it.each([
    ['small, by the direct way', 100],
    ['large, by the stream', 3_000_000],
  ])('sends all bytes of a write: %s', async (_name, bytes) => {
    const { transport: client, heard } = transport();
    await until(() => heard.includes('opened'));
    for (let i = 0; i < 3; i++) expect(client.write(Buffer.alloc(bytes, 65 + i))).toBe(true);
    await until(() => received.reduce((sum, chunk) => sum + chunk.length, 0) === 3 * bytes);
    const all = Buffer.concat(received);
    expect([0, bytes, 2 * bytes].map((at) => String.fromCharCode(all[at] ?? 0))).toEqual(['A', 'B', 'C']);
    client.close();
  });

  it('hears a refusal, with its errno', async () => {
    const { port: freed } = await new Promise<{ port: number }>((resolve) => {
      const probe = createServer().listen(0, '127.0.0.1', () => {
        const address = probe.address();
        probe.close(() => resolve({ port: typeof address === 'object' ? (address?.port ?? 0) : 0 }));
      });
    });
    const { heard } = transport(freed);
    await until(() => heard.length > 0);
    expect(heard).toEqual(['failed ECONNREFUSED']);
  });

  it('hears a reset', async () => {
    const { heard } = transport();
    await until(() => heard.includes('opened') && accepted.length === 1);
    accepted[0]?.resetAndDestroy();
    await until(() => heard.length === 2);
    expect(heard).toEqual(['opened', 'failed ECONNRESET']);
  });

  it('hears nothing more once it is closed or aborted', async () => {
    for (const way of ['close', 'abort'] as const) {
      const { transport: client, heard } = transport();
      await until(() => heard.includes('opened'));
      const peer = accepted.at(-1);
      client[way]();
      peer?.write('late');
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect(heard).toEqual(['opened']);
    }
  });

  it('may be given up while it connects', async () => {
    const { transport: client, heard } = transport();
    client.abort();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(heard).toEqual([]);
  });
});

describe('the direct way to write', () => {
  it('exists in this runtime: without it the engine is slower, and calibration should show why', async () => {
    const socket = connect(port(), '127.0.0.1');
    await once(socket, 'connect');
    expect(directWriteOf(socket)).not.toBeNull();
    socket.destroy();
  });

  it('loses nothing when the peer does not read, so that writes have to wait', async () => {
    const socket = connect(port(), '127.0.0.1');
    await once(socket, 'connect');
    await until(() => accepted.length === 1);
    accepted[0]?.pause();
    const write = directWriteOf(socket);
    const piece = Buffer.alloc(16_384, 'x');
    const count = 2_000;
    for (let i = 0; i < count; i++) expect(write?.(piece)).toBe(0);
    accepted[0]?.resume();
    await until(() => received.reduce((sum, chunk) => sum + chunk.length, 0) === count * piece.length);
    socket.destroy();
  });

  it('says so when the connection is gone', async () => {
    const socket = connect(port(), '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    await until(() => accepted.length === 1);
    const write = directWriteOf(socket);
    accepted[0]?.resetAndDestroy();
    let last = 0;
    for (let i = 0; i < 200 && last === 0; i++) {
      last = write?.(Buffer.from('x')) ?? 0;
      if (last === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      if (socket.destroyed) break;
    }
    expect(last < 0 || socket.destroyed).toBe(true);
  });

  it('is none for a socket that is not connected to anything of this runtime', () => {
    const foreign: Socket = Object.create(null);
    expect(directWriteOf(foreign)).toBeNull();
  });
});
