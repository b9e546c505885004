import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, type TestContext } from 'vitest';
import { LatencyHistogram } from '../../../harness/histogram/latency-histogram.ts';
import { imbalance } from '../../../harness/model/counts.ts';
import type { LoadRequest, LoadResult, MeasuredWindow } from '../../../harness/model/load.ts';
import { systemClock } from '../../../harness/base/clock.ts';
import { BODY } from '../fault-server.ts';
import { cpuPressure, startFixture, stopFixture } from '../fixture-process.ts';
import { requestFor } from '../run-driver.ts';
import { amount, anyBody, driver, lasting, load } from './load.ts';

/** Above this share of contended time (PSI `some avg10`, in percent) times say more about the machine than about us. */
const CALM_PERCENT = 20;
const open: LatencyHistogram[] = [];

afterEach(() => {
  for (const decoded of open.splice(0)) decoded.destroy();
});

function histogram(encoded: string | null): LatencyHistogram {
  const decoded = LatencyHistogram.decode(encoded ?? '');
  open.push(decoded);
  return decoded;
}

function rate(rateRps: number, arrivals: 'constant' | 'poisson' = 'constant'): Pick<LoadRequest, 'loop'> {
  return { loop: { kind: 'open', rateRps, arrivals } };
}

/** Times that are wrong on a busy machine prove nothing; times that are right do. */
function conclusive(context: TestContext, compareTimes: () => void): void {
  try {
    compareTimes();
  } catch (error) {
    if (cpuPressure() <= CALM_PERCENT) throw error;
    context.skip(`inconclusive: the machine is busy (${cpuPressure()} % of the time)`);
  }
}

const codes = (result: LoadResult): string[] => result.reasons.map(({ code }) => code);

describe('an open loop', () => {
  it.each([
    [100, 'constant'],
    [1_000, 'constant'],
    [1_000, 'poisson'],
  ] as const)('G5 rate fidelity: %d req/s, %s, is sent as scheduled', async (rateRps, arrivals) => {
    const { result, truth } = await load(['ok'], {
      ...rate(rateRps, arrivals),
      ...lasting(1_000),
      connections: 16,
    });
    const spread = arrivals === 'constant' ? 2 : 4 * Math.sqrt(rateRps);
    expect(Math.abs(result.counts.sent - rateRps)).toBeLessThanOrEqual(spread);
    expect(result.counts).toMatchObject({ ok: result.counts.sent, dropped: 0 });
    expect(truth.requests).toBe(result.counts.sent);
  });

  it('G7 request count: an amount is exact, over two workers', async () => {
    const { result, truth } = await load(['ok'], {
      ...rate(2_000),
      ...amount(501),
      connections: 4,
      workers: 2,
    });
    expect(result.counts).toMatchObject({ sent: 501, ok: 501, dropped: 0 });
    expect(truth.requests).toBe(501);
  });

  it('never sends before a request is due, and records every delay', async () => {
    const { result } = await load(['ok'], { ...rate(500), ...lasting(600), connections: 8 });
    expect(histogram(result.histograms.sendDelay).count).toBe(result.counts.sent);
    expect(histogram(result.histograms.responseTime).count).toBe(result.counts.ok);
    expect(result.clampedSamples).toBe(0);
  });

  it('counts the wait for a connection into the response time, not into the service time', async () => {
    // One connection at 20 ms a request serves 50 of the 100 that are due each second.
    const { result } = await load(
      ['ok'],
      { ...rate(100), ...lasting(1_000), connections: 1, drainMs: 5_000 },
      { delayMs: 20 },
    );
    expect(result.counts).toMatchObject({ sent: 100, ok: 100, dropped: 0 });
    expect(histogram(result.histograms.serviceTime).percentileUs(50)).toBeLessThan(40_000);
    expect(histogram(result.histograms.responseTime).maxUs).toBeGreaterThan(800_000);
    expect(histogram(result.histograms.sendDelay).maxUs).toBeGreaterThan(800_000);
    expect(codes(result)).toContain('RATE_MISSED');
    expect(codes(result)).not.toContain('DRIVER_LAG');
  });

  it('drops what cannot be sent by the end of the drain', async () => {
    const { result } = await load(['silent'], {
      ...rate(100),
      ...lasting(500),
      connections: 3,
      drainMs: 200,
      requestTimeoutMs: 10_000,
    });
    expect(result.counts).toMatchObject({ sent: 3, unfinished: 3, dropped: 47 });
    expect(codes(result)).toContain('RATE_MISSED');
  });

  it('G4 adds no sample: the histograms hold one value for each correct response', async () => {
    const { result } = await load((n) => (n % 10 === 0 ? 'status-500' : 'ok'), {
      ...rate(500),
      ...lasting(500),
      connections: 8,
    });
    expect(histogram(result.histograms.responseTime).count).toBe(result.counts.ok);
    expect(histogram(result.histograms.serviceTime).count).toBe(result.counts.ok);
  });

  it('leaves the event loop idle in its own account, though it turns to be on time', async (context) => {
    const { result } = await load(['ok'], { ...rate(200), ...lasting(1_000), connections: 4 });
    conclusive(context, () => expect(result.driverLoad.eventLoopUtilization.value).toBeLessThan(0.3));
  });
});

describe('a target that stalls', () => {
  const DURATION_MS = 5_000;
  const STALL_MS = 1_000;

  /** Loads a static server that is stopped 0.5 s into the window, for the time given. */
  async function stalled(changes: Partial<LoadRequest>, stallMs = STALL_MS): Promise<LoadResult> {
    const { line, child } = await startFixture('static-server', [BODY.length]);
    const timers: NodeJS.Timeout[] = [];
    const observer = {
      window: ({ startUs }: MeasuredWindow) => {
        const stopMs = (startUs - systemClock.monotonicUs()) / 1_000 + 500;
        timers.push(setTimeout(() => child.kill('SIGSTOP'), stopMs));
        timers.push(setTimeout(() => child.kill('SIGCONT'), stopMs + stallMs));
      },
      progress: () => undefined,
    };
    const request = requestFor(Number(line), {
      ...lasting(DURATION_MS),
      connections: 64,
      drainMs: 3_000,
      requestTimeoutMs: 3_000,
      ...changes,
    });
    try {
      const outcome = await driver.run(request, observer, new AbortController().signal);
      if (outcome.kind !== 'measured') throw new Error(`not measured: ${outcome.kind}`);
      expect(imbalance(outcome.result.counts)).toBe(0);
      return outcome.result;
    } finally {
      for (const timer of timers) clearTimeout(timer);
      child.kill('SIGCONT');
      await stopFixture(child);
    }
  }

  it('G3 stall / CO: the tail is that of the closed form, and the service time beside it is not', async (context) => {
    const result = await stalled(rate(500));
    expect(result.counts).toMatchObject({ ok: result.counts.sent, dropped: 0 });
    expect(Math.abs(result.counts.sent - 2_500)).toBeLessThanOrEqual(2);
    // Requests due during the stall wait for its rest: p(q) = S - (1 - q) D.
    const response = histogram(result.histograms.responseTime);
    const service = histogram(result.histograms.serviceTime);
    conclusive(context, () => {
      for (const percentile of [95, 99, 99.9]) {
        const expectedMs = STALL_MS - (1 - percentile / 100) * DURATION_MS;
        const gotMs = response.percentileUs(percentile) / 1_000;
        expect(Math.abs(gotMs - expectedMs)).toBeLessThanOrEqual(0.02 * STALL_MS);
      }
      expect(response.maxUs).toBeGreaterThan(980_000);
      expect(response.maxUs).toBeLessThan(1_030_000);
      // 64 of 2,500 requests are in flight when it stops: what a closed loop would have seen.
      expect(service.percentileUs(95)).toBeLessThan(50_000);
    });
  });

  it('G4 stall, closed loop: as many slow samples as connections, none made up', async (context) => {
    const result = await stalled({ ...lasting(2_000), connections: 16 });
    const service = histogram(result.histograms.serviceTime);
    expect(service.count).toBe(result.counts.ok);
    expect(result.counts.ok).toBe(result.counts.sent);
    // All but the slowest 16 are quick: so is the one just before them, and the next is not.
    const share = (slow: number): number => (100 * (service.count - slow)) / service.count;
    conclusive(context, () => {
      expect(service.percentileUs(share(18))).toBeLessThan(500_000);
      expect(service.percentileUs(share(14))).toBeGreaterThan(900_000);
    });
  });

  it('F10 SIGSTOP for ever: ends at the drain, with every request in flight a timeout', async () => {
    const startMs = performance.now();
    const { counts } = await stalled(
      { ...lasting(1_200), connections: 8, requestTimeoutMs: 300, drainMs: 1_000 },
      60_000,
    );
    expect(counts.timeout).toBeGreaterThanOrEqual(8);
    expect(counts.ok).toBeGreaterThan(0);
    expect(counts.unfinished).toBe(0);
    expect(performance.now() - startMs).toBeLessThan(8_000);
  });
});

describe('many connections', () => {
  it('are held open, and used in turn', async () => {
    const limit = Number(
      /Max open files\s+(\d+)/.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? 1_024,
    );
    const connections = Math.min(1_000, Math.floor(limit / 3));
    const { result, truth } = await load(['ok'], {
      ...rate(2_000),
      ...amount(connections * 2),
      connections,
    });
    expect(result.counts).toMatchObject({ sent: connections * 2, ok: connections * 2 });
    expect(truth.connections).toBe(connections);
    expect(result.reasons.filter(({ code }) => code === 'DRIVER_LIMIT')).toEqual([]);
  });
});

describe('the rate of a target that answers anything', () => {
  it('is kept where the answers are wrong: failures do not slow the schedule', async () => {
    const { result } = await load(['status-500'], {
      ...rate(500),
      ...lasting(500),
      connections: 8,
      expected: anyBody,
    });
    expect(result.counts).toMatchObject({ ok: 0, dropped: 0, badStatus: result.counts.sent });
    expect(Math.abs(result.counts.sent - 250)).toBeLessThanOrEqual(2);
  });
});
