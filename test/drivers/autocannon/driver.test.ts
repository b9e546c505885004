import { afterEach, describe, expect, it } from 'vitest';
import { wrongVersion } from '../../../harness/drivers/autocannon/driver.ts';
import type { LoadRequest, LoadResult } from '../../../harness/model/load.ts';
import { type Answer, BODY, type FaultServer, OK_WIRE_BYTES, startFaultServer } from '../fault-server.ts';
import { driverNamed, measure, requestFor, runDriver, serviceTimeOf } from '../run-driver.ts';

const driver = driverNamed('autocannon');
let server: FaultServer | null = null;

afterEach(async () => {
  await server?.close();
  server = null;
});

/** Loads a server that answers by script; a list is repeated, the rest of `options` changes the request. */
async function load(
  script: readonly Answer[] | ((requestNumber: number) => Answer),
  changes: Partial<LoadRequest> = {},
  options: { delayMs?: number } = {},
): Promise<{ result: LoadResult; truth: FaultServer }> {
  const decide =
    typeof script === 'function' ? script : (n: number): Answer => script[n % script.length] ?? 'ok';
  server = await startFaultServer(decide, options);
  return { result: await measure(driver, requestFor(server.port, changes)), truth: server };
}

const amount = (requests: number): Partial<LoadRequest> => ({ termination: { kind: 'amount', requests } });

describe('the autocannon driver measures an amount', () => {
  it('G7 request count: sends exactly as many requests as asked, over two workers', async () => {
    const { result, truth } = await load(['ok'], { ...amount(10_001), connections: 8, workers: 2 });
    expect(result.counts).toMatchObject({ sent: 10_001, ok: 10_001 });
    expect(truth.requests).toBe(10_001);
    expect(truth.connections).toBe(8);
    expect(result.workers).toBe(2);
  });

  it('G8 bytes: body and wire bytes are exact', async () => {
    const { result } = await load(['ok'], amount(500));
    expect(result.bodyBytesInWindow).toBe(500 * BODY.length);
    expect(result.wireBytesInWindow).toBe(500 * OK_WIRE_BYTES);
  });

  it('G9 status/err mix: every outcome equals what the server did', async () => {
    // Deterministic and mixed: 7 in 100 answers are 500, 2 are resets, 1 is cut off.
    const mix = (n: number): Answer => {
      const place = (n * 37) % 100;
      if (place < 7) return 'status-500';
      if (place < 9) return 'reset';
      return place === 9 ? 'truncate' : 'ok';
    };
    const { result, truth } = await load(mix, { ...amount(3_000), connections: 6 });
    expect(truth.requests).toBe(3_000);
    expect(result.counts).toMatchObject({
      sent: 3_000,
      ok: truth.answers.get('ok'),
      badStatus: truth.answers.get('status-500'),
      reset: truth.answers.get('reset'),
      truncated: truth.answers.get('truncate'),
    });
    const serviceTime = serviceTimeOf(result);
    expect(serviceTime.count).toBe(result.counts.ok);
    serviceTime.destroy();
  });

  it('makes a connection for each request where that is asked', async () => {
    const { result, truth } = await load(['ok'], { ...amount(100), connectionMode: 'per-request' });
    expect(result.counts.ok).toBe(100);
    expect(truth.connections).toBeGreaterThanOrEqual(100);
    expect(truth.connections).toBeLessThanOrEqual(102);
  });
});

describe('the autocannon driver measures for a time', () => {
  it('counts requests that start in the window, and those that arrive in it', async () => {
    const { result } = await load(['ok'], {
      warmup: { minMs: 200, maxMs: 200 },
      termination: { kind: 'duration', ms: 500 },
    });
    expect(result.counts.sent).toBe(result.counts.ok);
    expect(result.counts.ok).toBeGreaterThan(100);
    expect(Math.abs(result.completedInWindow - result.counts.sent)).toBeLessThanOrEqual(2);
    expect(result.series.some(({ tMs, completed }) => tMs <= 0 && completed > 0)).toBe(true);
  });

  it('G10 Little: requests in flight are as many as connections, with latency in µs', async () => {
    const { result } = await load(
      ['ok'],
      { connections: 16, warmup: { minMs: 100, maxMs: 100 }, termination: { kind: 'duration', ms: 1_000 } },
      { delayMs: 20 },
    );
    const serviceTime = serviceTimeOf(result);
    const inFlight = (result.completedInWindow * serviceTime.meanUs) / 1e6;
    expect(inFlight).toBeGreaterThan(16 * 0.9);
    expect(inFlight).toBeLessThan(16 * 1.1);
    expect(serviceTime.minUs).toBeGreaterThanOrEqual(18_500);
    serviceTime.destroy();
  });

  it('does not round the latency of a fast server to whole milliseconds', async () => {
    const { result } = await load(['ok'], { connections: 1, termination: { kind: 'duration', ms: 300 } });
    const serviceTime = serviceTimeOf(result);
    expect(serviceTime.percentileUs(50)).toBeGreaterThan(0);
    expect(serviceTime.percentileUs(50) % 1_000).not.toBe(0);
    serviceTime.destroy();
  });

  it('waits in the drain for what was in flight at the end of the window', async () => {
    const { result } = await load(
      ['ok'],
      { termination: { kind: 'duration', ms: 350 }, connections: 4 },
      { delayMs: 200 },
    );
    expect(result.counts).toMatchObject({ sent: 8, ok: 8, unfinished: 0 });
    expect(result.completedInWindow).toBe(4);
  });

  it('counts as unfinished what the drain was too short for', async () => {
    const { result } = await load(
      ['ok'],
      { termination: { kind: 'duration', ms: 200 }, connections: 4, drainMs: 100, requestTimeoutMs: 5_000 },
      { delayMs: 1_000 },
    );
    expect(result.counts).toMatchObject({ sent: 4, ok: 0, unfinished: 4 });
  });

  it('tells the CPU time of its threads over the window', async () => {
    const { result } = await load(['ok'], { termination: { kind: 'duration', ms: 500 } });
    if (process.platform === 'linux') {
      expect(result.driverLoad.cpuUtilization.value).toBeGreaterThan(0.01);
      expect(result.driverLoad.cpuUtilization.value).toBeLessThan(1.05);
    }
    expect(result.driverLoad.eventLoopUtilization.value).toBeGreaterThan(0);
  });

  it('stops at once when told to', async () => {
    server = await startFaultServer(() => 'ok');
    const controller = new AbortController();
    const request = requestFor(server.port, { termination: { kind: 'duration', ms: 60_000 } });
    setTimeout(() => controller.abort(), 400);
    const startMs = performance.now();
    const { outcome } = await runDriver(driver, request, controller.signal);
    expect(outcome).toEqual({ kind: 'aborted' });
    expect(performance.now() - startMs).toBeLessThan(3_000);
  });
});

describe('the autocannon driver before a target that misbehaves', () => {
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

  it('F13 truncated body: truncated, and the next response is read from its start', async () => {
    const { result, truth } = await load(['ok', 'truncate', 'ok'], amount(60));
    expect(result.counts).toMatchObject({ ok: 40, truncated: 20 });
    expect(truth.answers.get('truncate')).toBe(20);
  });

  it('F10 silent target: every request times out, at its own deadline', async () => {
    const { result } = await load(['silent'], { ...amount(4), requestTimeoutMs: 150 });
    expect(result.counts).toMatchObject({ sent: 4, timeout: 4 });
    const tookMs = (result.window.endUs - result.window.startUs) / 1_000;
    expect(tookMs).toBeGreaterThanOrEqual(300);
    expect(tookMs).toBeLessThan(1_000);
  });

  it('F16 slow body: the deadline is of the whole request, not of an idle connection', async () => {
    const { result } = await load(['trickle'], { ...amount(2), requestTimeoutMs: 300 });
    expect(result.counts).toMatchObject({ sent: 2, timeout: 2 });
  });

  it('F14 two responses: not counted, PROTO_UNSOLICITED', async () => {
    const { result, truth } = await load(['ok', 'double'], { ...amount(40), connections: 1 });
    expect(truth.requests).toBe(40);
    expect(result.counts).toMatchObject({ sent: 40, ok: 20, protocolError: 20 });
    expect(result.reasons).toEqual([
      { code: 'PROTO_UNSOLICITED', detail: 'bytes followed a whole response (20 times)' },
    ]);
  });

  it('F14 unsolicited bytes: one byte too many is a protocol error', async () => {
    const { result } = await load(['late-surplus'], { ...amount(5), connections: 1 });
    expect(result.counts).toMatchObject({ sent: 5, ok: 0, protocolError: 5 });
  });

  it('F15 interim responses: two hints before an answer are not completions', async () => {
    const { result, truth } = await load(['interim'], amount(50));
    expect(truth.requests).toBe(50);
    expect(result.counts).toMatchObject({ sent: 50, ok: 50 });
    expect(result.reasons).toEqual([]);
  });

  it('F15 interim responses: forty of them are a protocol error', async () => {
    const { result } = await load(['endless-interim'], amount(6));
    expect(result.counts).toMatchObject({ sent: 6, protocolError: 6 });
  });

  it('counts what is not HTTP as a protocol error, without waiting for the timeout', async () => {
    const { result } = await load(['garbage'], { ...amount(6), requestTimeoutMs: 10_000 });
    expect(result.counts).toMatchObject({ sent: 6, protocolError: 6 });
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

  it('F11 nobody listens: every attempt is a connection error, at most 20 a second', async () => {
    const gone = await startFaultServer(() => 'ok');
    await gone.close();
    const result = await measure(
      driver,
      requestFor(gone.port, { connections: 2, termination: { kind: 'duration', ms: 1_000 } }),
    );
    expect(result.counts.connectError).toBe(result.counts.sent);
    expect(result.counts.sent).toBeGreaterThan(10);
    expect(result.counts.sent).toBeLessThanOrEqual(2 * 21);
  });

  it('takes no announced close for an error', async () => {
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

describe('the autocannon driver refuses', () => {
  it.each([
    ['an open loop', { loop: { kind: 'open', rateRps: 10, arrivals: 'constant' } }],
    ['pipelining', { pipelining: 4 }],
    ['paths that vary', { vary: 'query' }],
    ['HEAD', { method: 'HEAD' }],
  ] as const)('%s, naming the driver that can', async (what, changes) => {
    await expect(async () => runDriver(driver, requestFor(9, changes))).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining(what),
      fix: '--driver dyno',
    });
  });

  it('to work with another release than the one that it knows', async () => {
    expect(await driver.unavailable()).toBeNull();
    expect(wrongVersion('9.0.1')).toBe('autocannon 9.0.0 is needed, 9.0.1 is installed: run npm ci.');
    expect(wrongVersion(null)).toContain('none is installed');
  });
});
