import { describe, expect, it } from 'vitest';
import { type FleetInput, runFleet } from '../../harness/engine/fleet.ts';
import type { LoadRequest, LoadResult, MeasuredWindow } from '../../harness/model/load.ts';
import type { LoadOutcome, LoadProgress } from '../../harness/model/ports.ts';
import { FakeClock } from './fake-clock.ts';
import { fakeFleet, type Script, workerResult } from './fake-fleet.ts';
import { closedRequest } from './load-fixtures.ts';

interface Played {
  outcome: LoadOutcome;
  workers: ReturnType<typeof fakeFleet>['workers'];
  windows: MeasuredWindow[];
  progress: LoadProgress[];
  clock: FakeClock;
  /** Monotonic time at which each window was announced. */
  announcedUs: number[];
}

async function play(
  changes: Partial<LoadRequest>,
  script?: (index: number) => Script,
  input: Partial<FleetInput> & { abortAfterMs?: number } = {},
): Promise<Played> {
  const clock = new FakeClock();
  const { workers, spawnWorker } = fakeFleet(clock, script);
  const windows: MeasuredWindow[] = [];
  const announcedUs: number[] = [];
  const progress: LoadProgress[] = [];
  const controller = new AbortController();
  const { abortAfterMs, ...overrides } = input;
  if (abortAfterMs !== undefined) void clock.sleep(abortAfterMs).then(() => controller.abort());
  const outcome = await clock.run(
    runFleet({
      request: closedRequest({ connections: 4, workers: 2, ...changes }),
      workerEntry: new URL('file:///none.ts'),
      observer: {
        window: (window) => {
          windows.push(window);
          announcedUs.push(clock.monotonicUs());
        },
        progress: (step) => progress.push(step),
      },
      signal: controller.signal,
      clock,
      steadiness: () => 'steady',
      driver: { id: 'fake', version: '1' },
      spawnWorker,
      ...overrides,
    }),
  );
  return { outcome, workers, windows, progress, clock, announcedUs };
}

function measured(outcome: LoadOutcome): LoadResult {
  if (outcome.kind !== 'measured') throw new Error(`not measured: ${JSON.stringify(outcome)}`);
  return outcome.result;
}

function failure(outcome: LoadOutcome): { code: string; detail: string } {
  if (outcome.kind !== 'failed') throw new Error(`not failed: ${outcome.kind}`);
  return outcome.reason;
}

describe('a fleet that measures for a time', () => {
  it('adds up what its workers counted', async () => {
    const { outcome } = await play({}, (index) => ({
      result: (window) => workerResult(window, { ok: index === 0 ? 7 : 11 }),
    }));
    const result = measured(outcome);
    expect(result.counts).toMatchObject({ sent: 18, ok: 18 });
    expect(result).toMatchObject({
      driver: 'fake',
      driverVersion: '1',
      workers: 2,
      connections: 4,
      okInWindow: 18,
    });
  });

  it('tells workers and observer the same window, before it begins', async () => {
    const { windows, workers, announcedUs } = await play({ warmup: { minMs: 500, maxMs: 500 } });
    expect(windows).toHaveLength(1);
    for (const { received } of workers) {
      expect(received.filter(({ kind }) => kind === 'window')).toEqual([
        { kind: 'window', window: windows[0] },
      ]);
    }
    expect((windows[0]?.startUs ?? 0) - (announcedUs[0] ?? 0)).toBeGreaterThanOrEqual(50_000);
    expect((windows[0]?.endUs ?? 0) - (windows[0]?.startUs ?? 0)).toBe(1_000_000);
  });

  it('starts all workers at one time, after all are ready', async () => {
    const { workers, windows } = await play({}, (index) => ({ readyAfterMs: index === 0 ? 5 : 900 }));
    const starts = workers.map(({ received }) => received.find((message) => message.kind === 'start')?.atUs);
    expect(new Set(starts).size).toBe(1);
    expect(starts[0]).toBeGreaterThanOrEqual(1_000_000 + 900_000);
    expect(starts[0]).toBe(windows[0]?.startUs);
  });

  it('begins the window with the first request where no warm-up is asked', async () => {
    const { workers, outcome } = await play({});
    expect(workers[0]?.received.map(({ kind }) => kind)).toEqual(['window', 'start']);
    expect(measured(outcome).warmupMs).toBe(0);
  });

  it('reports progress about ten times a second in every phase', async () => {
    const { progress } = await play({ warmup: { minMs: 1_000, maxMs: 1_000 }, drainMs: 500 }, () => ({
      resultAfterMs: 300,
    }));
    const count = (phase: string): number => progress.filter((step) => step.phase === phase).length;
    expect(count('warmup')).toBeGreaterThanOrEqual(10);
    expect(count('measure')).toBeGreaterThanOrEqual(9);
    expect(count('measure')).toBeLessThanOrEqual(12);
    expect(count('drain')).toBeGreaterThanOrEqual(2);
    const last = progress.filter((step) => step.phase === 'measure').at(-1);
    expect(last?.throughputRps).toBeCloseTo(200, 0);
    expect(last?.latencyMeanUs).toBe(1_000);
  });

  it('gives a series that covers the warm-up with times up to zero and then exactly the window', async () => {
    const { outcome } = await play({ warmup: { minMs: 500, maxMs: 500 } });
    const { series, warmupMs } = measured(outcome);
    expect(series.filter(({ tMs }) => tMs <= 0)).toHaveLength(warmupMs / 100);
    const window = series.filter(({ tMs }) => tMs > 0);
    expect(window.map(({ tMs }) => tMs)).toEqual([100, 200, 300, 400, 500, 600, 700, 800, 900, 1_000]);
    expect(new Set(window.map(({ completed }) => completed))).toEqual(new Set([20]));
  });

  it('uses periods of a second for long windows', async () => {
    const { outcome } = await play({ termination: { kind: 'duration', ms: 12_000 } });
    const { series } = measured(outcome);
    expect(series).toHaveLength(12);
    expect(series[0]).toMatchObject({ tMs: 1_000, periodMs: 1_000, completed: 200, meanUs: 1_000 });
  });
});

describe('the warm-up', () => {
  it('goes on until the load is steady', async () => {
    const { outcome } = await play({ warmup: { minMs: 5_000, maxMs: 30_000 } }, undefined, {
      steadiness: (windows) => (windows.length >= 8 ? 'steady' : 'not-yet'),
    });
    const result = measured(outcome);
    expect(result.warmupMs).toBeGreaterThanOrEqual(8_000);
    expect(result.warmupMs).toBeLessThan(8_400);
    expect(result.reasons).toEqual([]);
  });

  it('lasts its shortest time however soon the load is steady', async () => {
    const { outcome } = await play({ warmup: { minMs: 3_000, maxMs: 30_000 } });
    expect(measured(outcome).warmupMs).toBeGreaterThanOrEqual(3_000);
    expect(measured(outcome).warmupMs).toBeLessThan(3_400);
  });

  it('has a fixed length where somebody else judges whether the target is steady: rounded up to a tick, told at once', async () => {
    const { workers, outcome } = await play({ warmup: { minMs: 140, maxMs: 30_000 } }, undefined, {
      steadiness: null,
    });
    expect(workers[0]?.received.map(({ kind }) => kind)).toEqual(['window', 'start']);
    expect(measured(outcome)).toMatchObject({ warmupMs: 200, reasons: [] });
  });

  it('ends at its longest with a warning where the load never settles', async () => {
    const { outcome } = await play({ warmup: { minMs: 1_000, maxMs: 4_000 } }, undefined, {
      steadiness: () => 'not-yet',
    });
    const result = measured(outcome);
    expect(result.reasons).toEqual([{ code: 'NOT_STEADY', detail: 'not steady after 4s of warm-up' }]);
    expect(result.warmupMs).toBeLessThan(4_400);
  });

  it('judges windows of a second over all workers', async () => {
    const seen: number[][] = [];
    await play(
      { warmup: { minMs: 5_000, maxMs: 5_000 } },
      () => ({ latencyUs: (ms) => (ms <= 1_000 ? 9_000 : 2_000) }),
      {
        steadiness: (windows) => {
          seen.push(windows.map(({ latencyMeanUs }) => latencyMeanUs ?? -1));
          expect(windows.every(({ completed }) => completed === 200)).toBe(true);
          return 'steady';
        },
      },
    );
    expect(seen).toEqual([[9_000, 2_000, 2_000, 2_000, 2_000]]);
  });

  it('judges shorter windows in a short warm-up', async () => {
    const seen: number[] = [];
    await play({ warmup: { minMs: 1_000, maxMs: 1_000 } }, undefined, {
      steadiness: (windows) => {
        seen.push(windows.length);
        return 'steady';
      },
    });
    expect(seen).toEqual([5]);
  });
});

describe('a fleet that measures an amount', () => {
  it('ends when all workers are done, with a window that ends with the last of them', async () => {
    const { outcome, windows } = await play({ termination: { kind: 'amount', requests: 100 } }, (index) => ({
      doneAfterMs: index === 0 ? 730 : 1_910,
    }));
    expect(windows[0]?.endUs).toBe(Number.POSITIVE_INFINITY);
    const { window, series } = measured(outcome);
    expect(window.endUs - window.startUs).toBe(1_910_000);
    expect(series.at(-1)).toMatchObject({ tMs: 1_910, periodMs: 10 });
  });

  it('asks each worker for its exact share', async () => {
    const { workers } = await play({ termination: { kind: 'amount', requests: 101 } }, () => ({
      doneAfterMs: 200,
    }));
    expect(workers.map(({ task }) => task.request.termination)).toEqual([
      { kind: 'amount', requests: 51 },
      { kind: 'amount', requests: 50 },
    ]);
  });
});

/** Worker 1 ends, with no word, as soon as the condition on the ms since the start holds. */
const dying =
  (how: (ms: number) => boolean) =>
  (index: number): Script => ({
    interrupt: (ms, worker) => {
      if (index !== 1 || !how(ms)) return false;
      worker.listener.ended('exit code 134');
      return true;
    },
  });

describe('a fleet that loses a worker', () => {
  it('F38 load worker dies within the window: no figure, DRIVER_CRASHED', async () => {
    const { outcome, workers } = await play(
      {},
      dying((ms) => ms >= 500),
    );
    expect(failure(outcome)).toEqual({
      code: 'DRIVER_CRASHED',
      detail: 'worker 1 ended before its work was done: exit code 134',
    });
    expect(workers.map(({ terminated }) => terminated)).toEqual([1, 1]);
  });

  it('F38 load worker dies during warm-up: no figure, DRIVER_CRASHED', async () => {
    const { outcome, windows } = await play(
      { warmup: { minMs: 2_000, maxMs: 2_000 } },
      dying((ms) => ms >= 300),
    );
    expect(failure(outcome).code).toBe('DRIVER_CRASHED');
    expect(windows).toEqual([]);
  });

  it('F38 load worker falls silent: DRIVER_CRASHED after ten seconds, however long the window', async () => {
    const { outcome, clock } = await play({ termination: { kind: 'duration', ms: 600_000 } }, (index) => ({
      interrupt: (ms) => index === 0 && ms >= 500,
    }));
    expect(failure(outcome).detail).toBe('worker 0 has not been heard for 10 s');
    expect(clock.monotonicUs()).toBeLessThan(13_000_000);
  });

  it('F38 load worker never reports: DRIVER_CRASHED once the drain and a margin are over', async () => {
    const { outcome, clock } = await play({ drainMs: 200 }, (index) =>
      index === 1 ? { resultAfterMs: null } : {},
    );
    expect(failure(outcome)).toEqual({
      code: 'DRIVER_CRASHED',
      detail: 'worker 1 gave no result by the end of the drain',
    });
    expect(clock.monotonicUs()).toBeLessThan(8_000_000);
  });

  it('F38 load worker is never ready: DRIVER_CRASHED, and no request was sent', async () => {
    const { outcome, workers } = await play({}, (index) => (index === 0 ? { readyAfterMs: 1e9 } : {}));
    expect(failure(outcome).detail).toBe('worker 0 was not ready within 60 s');
    expect(workers.flatMap(({ received }) => received)).toEqual([]);
  });

  it('passes on the reason of a worker that cannot do its work', async () => {
    const reason = { code: 'DRIVER_LIMIT', detail: 'EMFILE after 1,020 connections' } as const;
    const { outcome } = await play({}, () => ({
      interrupt: (_ms, worker) => {
        worker.say({ kind: 'failed', reason });
        return true;
      },
    }));
    expect(failure(outcome)).toEqual(reason);
  });

  it('does not mind that a worker ends after its work', async () => {
    const { outcome } = await play({}, () => ({
      result: (window) => workerResult(window, { reasons: [{ code: 'DRIVER_LAG', detail: '7 ms' }] }),
    }));
    expect(measured(outcome).reasons).toEqual([{ code: 'DRIVER_LAG', detail: '7 ms' }]);
  });
});

describe('a fleet that is stopped', () => {
  it('ends at once as aborted and leaves no worker', async () => {
    const { outcome, workers, clock } = await play(
      { termination: { kind: 'duration', ms: 60_000 } },
      undefined,
      {
        abortAfterMs: 3_000,
      },
    );
    expect(outcome).toEqual({ kind: 'aborted' });
    expect(clock.monotonicUs()).toBeLessThan(4_200_000);
    expect(workers.map(({ terminated }) => terminated)).toEqual([1, 1]);
  });

  it('starts no worker where the signal has already been given', async () => {
    const { outcome, workers } = await play({}, undefined, { signal: AbortSignal.abort() });
    expect(outcome).toEqual({ kind: 'aborted' });
    expect(workers).toEqual([]);
  });
});
