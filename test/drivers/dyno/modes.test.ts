import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { BODY } from '../fault-server.ts';
import { measure, requestFor } from '../run-driver.ts';
import { amount, anyBody, driver, lasting, load, serveRaw } from './load.ts';

const REQUEST_END = '\r\n\r\n';

/** Answers each request with its number on its connection, in one write for all that came together. */
async function serveNumbers(): Promise<{
  port: number;
  seen: () => { requests: number; largestBatch: number };
}> {
  let requests = 0;
  let largestBatch = 0;
  const { port } = await serveRaw((socket) => {
    socket.on('data', (chunk) => {
      const batch = chunk.toString('latin1').split(REQUEST_END).length - 1;
      largestBatch = Math.max(largestBatch, batch);
      requests += batch;
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc'.repeat(batch));
    });
  });
  return { port, seen: () => ({ requests, largestBatch }) };
}

describe('one connection a request', () => {
  it('makes exactly as many connections as requests, and leaves none of them an error', async () => {
    const { result, truth } = await load(['announced-close'], {
      ...amount(300),
      connections: 8,
      connectionMode: 'per-request',
    });
    expect(result.counts).toMatchObject({ sent: 300, ok: 300 });
    expect(truth.connections).toBe(300);
  });

  it('goes on where the server does not close as it was told', async () => {
    const { result, truth } = await load(['ok'], { ...amount(20), connectionMode: 'per-request' });
    expect(result.counts).toMatchObject({ sent: 20, ok: 20 });
    expect(truth.connections).toBe(20);
  });

  it('counts the connect into the service time', async () => {
    const { result } = await load(['announced-close'], { ...lasting(300), connectionMode: 'per-request' });
    expect(result.counts.ok).toBe(result.counts.sent);
    expect(result.counts.ok).toBeGreaterThan(10);
  });
});

describe('kept connections', () => {
  it('takes no announced close for an error, and connects again at once', async () => {
    const { result, truth } = await load(['ok', 'announced-close'], amount(60));
    expect(result.counts).toMatchObject({ sent: 60, ok: 60 });
    expect(truth.requests).toBe(60);
  });

  it('reads a body whose length only the end of the connection tells', async () => {
    const { result } = await load(['until-close'], amount(20));
    expect(result.counts).toMatchObject({ sent: 20, ok: 20 });
  });

  it('reads chunked bodies', async () => {
    const { result } = await load(['chunked'], amount(50));
    expect(result.counts).toMatchObject({ sent: 50, ok: 50 });
    expect(result.bodyBytesInWindow).toBe(50 * BODY.length);
  });
});

describe('pipelining', () => {
  it('is off unless asked for', async () => {
    const { port, seen } = await serveNumbers();
    await measure(driver, requestFor(port, { ...amount(200), expected: anyBody }));
    expect(seen()).toEqual({ requests: 200, largestBatch: 1 });
  });

  it('keeps as many requests in flight as its depth, and matches answers in order', async () => {
    const { port, seen } = await serveNumbers();
    const result = await measure(
      driver,
      requestFor(port, { ...amount(1_000), pipelining: 8, expected: anyBody }),
    );
    expect(result.counts).toMatchObject({ sent: 1_000, ok: 1_000 });
    expect(seen()).toEqual({ requests: 1_000, largestBatch: 8 });
  });

  it('shares the outcome of a broken connection between all requests on it', async () => {
    const { port } = await serveRaw((socket) => {
      socket.once('data', () => {
        socket.end(
          'HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabcHTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\na',
        );
      });
    });
    const result = await measure(
      driver,
      requestFor(port, { ...amount(4), connections: 1, pipelining: 4, expected: anyBody }),
    );
    expect(result.counts).toMatchObject({ sent: 4, ok: 1, truncated: 1, reset: 2 });
  });

  it('works in an open loop', async () => {
    const { port, seen } = await serveNumbers();
    const result = await measure(driver, {
      ...requestFor(port, { ...lasting(400), connections: 1, pipelining: 16, expected: anyBody }),
      loop: { kind: 'open', rateRps: 1_000, arrivals: 'poisson' },
    });
    expect(result.counts.ok).toBe(result.counts.sent);
    expect(seen().requests).toBe(result.counts.sent);
  });
});

describe('the request', () => {
  it('is sent as asked: method, headers and body', async () => {
    const requests: Array<{ message: IncomingMessage; body: string }> = [];
    const server = createServer((message, response) => {
      let body = '';
      message.on('data', (chunk) => (body += String(chunk)));
      message.on('end', () => {
        requests.push({ message, body });
        response.end('done');
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const body = 'x'.repeat(200_000);
    const result = await measure(
      driver,
      requestFor(port, {
        ...amount(6),
        method: 'POST',
        path: '/upload?a=1',
        headers: { 'x-trace': 'abc' },
        body,
        expected: {
          status: 200,
          bodyBytes: 4,
          bodySha256: createHash('sha256').update('done').digest('hex'),
        },
      }),
    );
    server.closeAllConnections();
    server.close();
    expect(result.counts).toMatchObject({ sent: 6, ok: 6 });
    expect(requests).toHaveLength(6);
    expect(requests.every(({ body: received }) => received === body)).toBe(true);
    expect(requests[0]?.message).toMatchObject({ method: 'POST', url: '/upload?a=1' });
    expect(requests[0]?.message.headers).toMatchObject({ 'x-trace': 'abc', host: `127.0.0.1:${port}` });
  });

  it('may be HEAD, whose answers have no body whatever they declare', async () => {
    const { result } = await load(['ok'], amount(0 + 1));
    expect(result.counts.ok).toBe(1);
    const { port } = await serveRaw((socket) => {
      socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1024\r\n\r\n'));
    });
    const head = await measure(driver, requestFor(port, { ...amount(100), method: 'HEAD' }));
    expect(head.counts).toMatchObject({ sent: 100, ok: 100 });
    expect(head.bodyBytesInWindow).toBe(0);
  });
});
