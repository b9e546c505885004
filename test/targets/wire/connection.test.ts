import { afterEach, describe, expect, it } from 'vitest';
import {
  encodeRequest,
  exchange,
  WireConnection,
  WireError,
} from '../../../harness/targets/wire/connection.ts';
import { kernelChoice } from '../../../harness/targets/process/free-port.ts';
import { onRequests, responseBytes, type WireServer, wireServer } from '../support/wire-server.ts';

const servers: WireServer[] = [];
const connections: WireConnection[] = [];

afterEach(async () => {
  for (const connection of connections.splice(0)) connection.close();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function connectTo(
  onConnection: Parameters<typeof wireServer>[0],
  timeoutMs = 500,
): Promise<WireConnection> {
  const server = await wireServer(onConnection);
  servers.push(server);
  const connection = await WireConnection.open(server.address, timeoutMs);
  connections.push(connection);
  return connection;
}

const address = { host: '127.0.0.1', port: 80 };

describe('a request on the wire', () => {
  it('is its line, the host, its headers and a blank line', () => {
    const bytes = encodeRequest(address, { method: 'GET', path: '/a?b=c', headers: { accept: '*/*' } });
    expect(bytes.toString()).toBe('GET /a?b=c HTTP/1.1\r\nhost: 127.0.0.1:80\r\naccept: */*\r\n\r\n');
  });

  it('counts the bytes of its body, not its characters', () => {
    expect(encodeRequest(address, { method: 'POST', path: '/', body: 'é' }).toString()).toContain(
      'content-length: 2\r\n\r\né',
    );
    expect(encodeRequest(address, { method: 'POST', path: '/', body: '' }).toString()).toContain(
      'content-length: 0',
    );
    expect(encodeRequest(address, { method: 'GET', path: '/', body: null }).toString()).not.toContain(
      'content-length',
    );
  });
});

describe('a connection', () => {
  it('reads responses one after the other, however the packets fall', async () => {
    const connection = await connectTo((socket) => {
      const bytes = Buffer.concat([responseBytes('one'), responseBytes('two')]);
      for (let i = 0; i < bytes.length; i++) setTimeout(() => socket.write(bytes.subarray(i, i + 1)), i);
    });
    expect((await connection.response('GET')).body.toString()).toBe('one');
    expect((await connection.response('GET')).body.toString()).toBe('two');
    expect(connection.leftoverBytes).toBe(0);
  });

  it('F14 shows bytes that no request asked for', async () => {
    const connection = await connectTo((socket) =>
      socket.write(Buffer.concat([responseBytes('one'), responseBytes('two')])),
    );
    await connection.response('GET');
    expect(connection.leftoverBytes).toBe(responseBytes('two').length);
  });

  it('F10 gives up when nothing comes within the time, and says how much came', async () => {
    const connection = await connectTo((socket) => socket.write('HTTP/1.1 200'), 150);
    await expect(connection.response('GET')).rejects.toThrow(
      'no complete response within 150 ms (12 bytes came)',
    );
  });

  it('F16 gives up at its absolute time though bytes keep dripping', async () => {
    const connection = await connectTo((socket) => {
      const drip = setInterval(() => socket.write('x'), 20);
      socket.on('close', () => clearInterval(drip));
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n');
    }, 300);
    await expect(connection.response('GET')).rejects.toThrow('no complete response within 300 ms');
  });

  it('F12 tells a connection that is closed without an answer', async () => {
    const connection = await connectTo((socket) => socket.end());
    await expect(connection.response('GET')).rejects.toThrow('connection closed after 0 bytes of headers');
  });

  it('F11 tells a reset by its name', async () => {
    const connection = await connectTo((socket) => socket.on('data', () => socket.resetAndDestroy()));
    connection.send(Buffer.from('x'));
    await expect(connection.response('GET')).rejects.toThrow('ECONNRESET');
  });

  it('knows whether the target has closed its side', async () => {
    const open = await connectTo(() => undefined);
    expect(await open.closedByTarget(50)).toBe(false);
    const closed = await connectTo((socket) => setTimeout(() => socket.end(), 20));
    expect(await closed.closedByTarget(1_000)).toBe(true);
  });

  it('is refused as a finding, not as an error of ours, where nothing listens', async () => {
    const nobody = { host: '127.0.0.1', port: await kernelChoice() };
    const error: unknown = await WireConnection.open(nobody).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(WireError);
    expect(String(error)).toContain('cannot connect: ECONNREFUSED');
  });
});

describe('an exchange', () => {
  it('is one request on a connection of its own, closed afterwards', async () => {
    let closed = 0;
    const server = await wireServer((socket) => {
      onRequests(socket, ({ path }) => socket.write(responseBytes(path)));
      socket.on('close', () => closed++);
    });
    servers.push(server);
    for (const path of ['/a', '/b']) {
      expect((await exchange(server.address, { method: 'GET', path })).body.toString()).toBe(path);
    }
    expect(server.accepted()).toBe(2);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(closed).toBe(2);
  });

  it('F17 refuses a body above the limit as soon as its length is announced', async () => {
    const server = await wireServer((socket) =>
      onRequests(socket, () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n')),
    );
    servers.push(server);
    const answer = exchange(server.address, { method: 'GET', path: '/' }, { maxBodyBytes: 98 });
    await expect(answer).rejects.toThrow('content-length 99, above 98');
  });
});
