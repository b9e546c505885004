import { describe, expect, it } from 'vitest';
import { BODY, OK_WIRE_BYTES, type Answer } from '../fault-server.ts';
import { requestFor, runDriver, serviceTimeOf } from '../run-driver.ts';
import { amount, driver, lasting, load, serve } from './load.ts';

describe('the dyno driver measures an amount', () => {
  it('G7 request count: sends exactly as many requests as asked, over two workers', async () => {
    const { result, truth } = await load(['ok'], { ...amount(10_001), connections: 9, workers: 2 });
    expect(result.counts).toMatchObject({ sent: 10_001, ok: 10_001 });
    expect(truth.requests).toBe(10_001);
    expect(truth.connections).toBe(9);
    expect(result.workers).toBe(2);
  });

  it('G7 request count: a warm-up comes on top', async () => {
    const { result, truth } = await load(['ok'], { ...amount(500), warmup: { minMs: 150, maxMs: 150 } });
    expect(result.counts).toMatchObject({ sent: 500, ok: 500 });
    expect(truth.requests).toBeGreaterThan(500);
  });

  it('G8 bytes: body and wire bytes are exact', async () => {
    const { result } = await load(['ok'], amount(500));
    expect(result.bodyBytesInWindow).toBe(500 * BODY.length);
    expect(result.wireBytesInWindow).toBe(500 * OK_WIRE_BYTES);
  });

  it('G9 status/err mix: every outcome equals what the server did', async () => {
    // Deterministic and mixed: of 100 answers 7 are 500, 2 resets, 1 cut off, 1 without a byte, 1 too short.
    const kinds: readonly Answer[] = ['status-500', 'reset', 'truncate', 'fin', 'short-body'];
    const mix = (n: number): Answer => {
      const place = (n * 37) % 100;
      if (place < 7) return 'status-500';
      return kinds[Math.max(1, place - 7)] ?? 'ok';
    };
    const { result, truth } = await load(mix, { ...amount(3_000), connections: 6 });
    const given = (answer: Answer): number => truth.answers.get(answer) ?? 0;
    expect(truth.requests).toBe(3_000);
    expect(given('reset')).toBeGreaterThan(20);
    expect(result.counts).toMatchObject({
      sent: 3_000,
      ok: given('ok'),
      badStatus: given('status-500'),
      badBody: given('short-body'),
      reset: given('reset') + given('fin'),
      truncated: given('truncate'),
    });
    const serviceTime = serviceTimeOf(result);
    expect(serviceTime.count).toBe(result.counts.ok);
    serviceTime.destroy();
  });
});

describe('the dyno driver measures for a time', () => {
  it('counts requests that start in the window, and those that arrive in it', async () => {
    const { result } = await load(['ok'], { warmup: { minMs: 200, maxMs: 200 }, ...lasting(500) });
    expect(result.counts.sent).toBe(result.counts.ok);
    expect(result.counts.ok).toBeGreaterThan(100);
    expect(Math.abs(result.completedInWindow - result.counts.sent)).toBeLessThanOrEqual(2);
    expect(result.series.some(({ tMs, completed }) => tMs <= 0 && completed > 0)).toBe(true);
  });

  it.each([
    [1, 2],
    [16, 20],
    [64, 20],
  ])('G10 Little: %d connections at %d ms', async (connections, delayMs) => {
    const { result } = await load(
      ['ok'],
      { connections, warmup: { minMs: 200, maxMs: 200 }, ...lasting(1_000) },
      { delayMs },
    );
    const serviceTime = serviceTimeOf(result);
    const inFlight = (result.completedInWindow * serviceTime.meanUs) / 1e6;
    expect(Math.abs(connections - inFlight) / connections).toBeLessThanOrEqual(0.05);
    expect(serviceTime.minUs).toBeGreaterThanOrEqual((delayMs - 1.5) * 1_000);
    serviceTime.destroy();
  });

  it('does not round the latency of a fast server to whole milliseconds', async () => {
    const { result } = await load(['ok'], { connections: 1, ...lasting(300) });
    const serviceTime = serviceTimeOf(result);
    expect(serviceTime.minUs).toBeGreaterThan(0);
    expect(serviceTime.percentileUs(50) % 1_000).not.toBe(0);
    serviceTime.destroy();
  });

  it('waits in the drain for what was in flight at the end of the window', async () => {
    const { result } = await load(['ok'], { ...lasting(350), connections: 4 }, { delayMs: 200 });
    expect(result.counts).toMatchObject({ sent: 8, ok: 8, unfinished: 0 });
    expect(result.completedInWindow).toBe(4);
  });

  it('counts as unfinished what the drain was too short for', async () => {
    const { result } = await load(
      ['ok'],
      { ...lasting(200), connections: 4, drainMs: 100, requestTimeoutMs: 5_000 },
      { delayMs: 1_000 },
    );
    expect(result.counts).toMatchObject({ sent: 4, ok: 0, unfinished: 4 });
  });

  it('tells the CPU time of its threads over the window', async () => {
    const { result } = await load(['ok'], lasting(500));
    if (process.platform === 'linux') {
      expect(result.driverLoad.cpuUtilization.value).toBeGreaterThan(0.01);
      expect(result.driverLoad.cpuUtilization.value).toBeLessThan(1.05);
    }
    expect(result.driverLoad.eventLoopUtilization.value).toBeGreaterThan(0);
  });

  it('stops at once when told to', async () => {
    const server = await serve(['ok']);
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 400);
    const startMs = performance.now();
    const { outcome } = await runDriver(driver, requestFor(server.port, lasting(60_000)), controller.signal);
    expect(outcome).toEqual({ kind: 'aborted' });
    expect(performance.now() - startMs).toBeLessThan(3_000);
  });
});
