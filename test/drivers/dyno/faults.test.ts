import { describe, expect, it } from 'vitest';
import { HOSTILE_RESPONSES } from '../../engine/response-samples.ts';
import { BODY } from '../fault-server.ts';
import { measure, requestFor, serviceTimeOf } from '../run-driver.ts';
import { amount, anyBody, driver, lasting, load, serveRaw } from './load.ts';

describe('the dyno driver before a target that does not answer', () => {
  it('F10 silent target: every request times out, at its own deadline', async () => {
    const { result } = await load(['silent'], { ...amount(4), requestTimeoutMs: 150 });
    expect(result.counts).toMatchObject({ sent: 4, timeout: 4 });
    const tookMs = (result.window.endUs - result.window.startUs) / 1_000;
    expect(tookMs).toBeGreaterThanOrEqual(300);
    expect(tookMs).toBeLessThan(1_000);
  });

  it('F10 silent target: what has no answer by the end of the drain is unfinished, and the load ends', async () => {
    const startMs = performance.now();
    const { result } = await load(['silent'], { ...lasting(300), drainMs: 200, requestTimeoutMs: 60_000 });
    expect(result.counts).toMatchObject({ sent: 2, timeout: 0, unfinished: 2 });
    expect(performance.now() - startMs).toBeLessThan(5_000);
  });

  it('F11 nobody listens: every attempt is a connection error, at most 20 a second', async () => {
    const { port, server } = await serveRaw(() => undefined);
    server.close();
    const result = await measure(driver, requestFor(port, { connections: 4, ...lasting(1_000) }));
    expect(result.counts.sent).toBeGreaterThanOrEqual(4 * 3);
    expect(result.counts.sent).toBeLessThanOrEqual(4 * 20);
    expect(result.counts.connectError).toBe(result.counts.sent);
  });

  it('F11 RST on accept: every attempt fails, at most 20 a second', async () => {
    let accepted = 0;
    const { port } = await serveRaw((socket) => {
      accepted++;
      socket.resetAndDestroy();
    });
    const result = await measure(driver, requestFor(port, { connections: 4, ...lasting(1_000) }));
    const { sent, connectError, reset } = result.counts;
    expect(sent).toBeGreaterThan(0);
    expect(connectError + reset).toBe(sent);
    expect(accepted).toBeGreaterThanOrEqual(sent);
    expect(accepted).toBeLessThanOrEqual(4 * 21);
  });

  it('F12 FIN without response: every one is an error', async () => {
    const { result, truth } = await load(['fin'], { ...amount(20), connections: 4 });
    expect(truth.requests).toBe(20);
    expect(result.counts).toMatchObject({ sent: 20, ok: 0, reset: 20 });
  });

  it('F12 FIN without response: answers that follow are matched to their own request', async () => {
    const { result } = await load(
      (n) => (n === 10 ? 'fin' : 'ok'),
      { ...amount(200), connections: 1 },
      { delayMs: 2 },
    );
    expect(result.counts).toMatchObject({ ok: 199, reset: 1 });
    const serviceTime = serviceTimeOf(result);
    expect(serviceTime.minUs).toBeGreaterThan(1_000);
    serviceTime.destroy();
  });

  it('F12 a connection that is reset before its request is written counts as one that never was', async () => {
    const { result } = await load(['reset'], { ...amount(20), connections: 4 });
    expect(result.counts).toMatchObject({ sent: 20, ok: 0, reset: 20 });
  });

  it('takes the end of an idle connection for no error', async () => {
    const { port } = await serveRaw((socket) => {
      socket.on('data', () => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx');
        setTimeout(() => socket.end(), 30);
      });
    });
    const result = await measure(driver, {
      ...requestFor(port, { ...lasting(1_000), expected: anyBody }),
      loop: { kind: 'open', rateRps: 10, arrivals: 'constant' },
    });
    expect(result.counts.ok).toBe(result.counts.sent);
    expect(result.counts.sent).toBe(10);
  });
});

describe('the dyno driver before a target that answers amiss', () => {
  it('F13 truncated body: truncated, and the next response is read from its start', async () => {
    const { result, truth } = await load(['ok', 'truncate', 'ok'], amount(60));
    expect(result.counts).toMatchObject({ ok: 40, truncated: 20 });
    expect(truth.answers.get('truncate')).toBe(20);
  });

  it('F14 two responses: not counted, PROTO_UNSOLICITED', async () => {
    const { result, truth } = await load(['ok', 'double'], { ...amount(40), connections: 1 });
    expect(truth.requests).toBe(40);
    expect(result.counts).toMatchObject({ sent: 40, ok: 20, protocolError: 20 });
    expect(result.reasons).toEqual([
      { code: 'PROTO_UNSOLICITED', detail: '20 time(s) bytes came that no request had asked for' },
    ]);
  });

  it('F14 unsolicited bytes: one byte too many is a protocol error', async () => {
    const { result } = await load(['late-surplus'], { ...amount(5), connections: 1 });
    expect(result.counts).toMatchObject({ sent: 5, ok: 0, protocolError: 5 });
  });

  it('F14 unsolicited bytes: what a server says unasked is noted, though no request can bear it', async () => {
    const { port } = await serveRaw((socket) => {
      socket.write('HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\n\r\n');
      socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx'));
    });
    const result = await measure(driver, requestFor(port, { ...amount(4), expected: anyBody }));
    expect(result.reasons.map(({ code }) => code)).toEqual(['PROTO_UNSOLICITED']);
  });

  it('F15 interim responses: two hints before an answer are not completions', async () => {
    const { result, truth } = await load(['interim'], amount(50));
    expect(truth.requests).toBe(50);
    expect(result.counts).toMatchObject({ sent: 50, ok: 50 });
    expect(result.completedInWindow).toBe(50);
    expect(result.reasons).toEqual([]);
  });

  it('F15 interim responses: forty of them are a protocol error', async () => {
    const { result } = await load(['endless-interim'], amount(6));
    expect(result.counts).toMatchObject({ sent: 6, protocolError: 6 });
  });

  it('F16 slow headers and body: the deadline is of the whole request, not of an idle connection', async () => {
    const { result } = await load(['trickle'], { ...amount(2), requestTimeoutMs: 300 });
    expect(result.counts).toMatchObject({ sent: 2, timeout: 2 });
  });

  it('F05 wrong bodies under load: a wrong length is counted each time', async () => {
    const { result } = await load(['ok', 'ok', 'ok', 'short-body'], amount(80));
    expect(result.counts).toMatchObject({ ok: 60, badBody: 20 });
  });

  it('F05 wrong bodies under load: wrong bytes of the right length are found by sampling', async () => {
    const { result } = await load(['wrong-bytes'], amount(2_000));
    expect(result.counts.badBody).toBeGreaterThan(5);
    expect(result.counts.badBody).toBeLessThan(100);
    expect(result.reasons.map(({ code }) => code)).toEqual(['BODY_MISMATCH']);
  });

  it('S14 hostile responses: each of them is a protocol error', async () => {
    let connections = 0;
    const { port } = await serveRaw((socket) => {
      const hostile = HOSTILE_RESPONSES[connections++ % HOSTILE_RESPONSES.length];
      socket.on('data', () => socket.write(Buffer.from(hostile?.text ?? '', 'latin1')));
    });
    const count = HOSTILE_RESPONSES.length;
    const request = requestFor(port, { ...amount(count), connections: count, expected: anyBody });
    const { counts } = await measure(driver, request);
    expect(counts).toMatchObject({ sent: count, protocolError: count });
  });
});

/** A server that answers with a head, then with filler for ever; tells how much of it was taken. */
async function endless(head: string, filler: string): Promise<{ port: number; sentBytes: () => number }> {
  let sentBytes = 0;
  const chunk = Buffer.from(filler.repeat(Math.ceil(16_384 / filler.length)), 'latin1');
  const { port } = await serveRaw((socket) => {
    const pour = (): void => {
      while (!socket.destroyed && socket.write(chunk)) sentBytes += chunk.length;
    };
    socket.on('drain', pour);
    socket.on('data', () => {
      socket.write(head);
      pour();
    });
  });
  return { port, sentBytes: () => sentBytes };
}

describe('F17 a response without end', () => {
  it.each([
    ['headers', 'HTTP/1.1 200 OK\r\n', 'x-filler: 0123456789\r\n', { protocolError: 2 }],
    [
      'chunk extensions',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n400;',
      'a=b;',
      { protocolError: 2 },
    ],
    ['body', 'HTTP/1.1 200 OK\r\n\r\n', '0123456789abcdef', { badBody: 2 }],
    [
      'chunked body',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n',
      '4\r\nabcd\r\n',
      { badBody: 2 },
    ],
    ['error page', 'HTTP/1.1 500 Oops\r\n\r\n', '0123456789abcdef', { badStatus: 2 }],
  ])('%s: is cut off, and costs no memory', async (_name, head, filler, counts) => {
    const { port } = await endless(head, filler);
    const before = process.memoryUsage().rss;
    const result = await measure(driver, requestFor(port, { ...amount(2), requestTimeoutMs: 10_000 }));
    expect(result.counts).toMatchObject({ sent: 2, ...counts });
    const tookMs = (result.window.endUs - result.window.startUs) / 1_000;
    expect(tookMs).toBeLessThan(3_000);
    // A thread costs some 40 MB of its own; what the target sent would be hundreds.
    expect(process.memoryUsage().rss - before).toBeLessThan(80e6);
  });

  it('a body that declares itself too long is not read at all', async () => {
    const { port } = await serveRaw((socket) => {
      socket.on('data', () => socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${BODY.length + 2}\r\n\r\n`));
    });
    const { counts } = await measure(driver, requestFor(port, { ...amount(2), requestTimeoutMs: 10_000 }));
    expect(counts).toMatchObject({ sent: 2, badBody: 2 });
  });
});
