import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { monotonicUs } from '../../harness/base/clock.ts';
import type {
  FleetMessage,
  WorkerMessage,
  WorkerResult,
  WorkerTick,
} from '../../harness/engine/fleet-protocol.ts';
import { crashReport, LoadWorker } from '../../harness/engine/load-worker.ts';
import { LatencyHistogram } from '../../harness/histogram/latency-histogram.ts';
import { imbalance } from '../../harness/model/counts.ts';
import type { LoadRequest } from '../../harness/model/load.ts';
import { startFixture, stopFixture } from '../drivers/fixture-process.ts';
import { closedRequest } from './load-fixtures.ts';

let port = 0;
let server: ChildProcess;

beforeAll(async () => {
  const { line, child } = await startFixture('static-server', [64]);
  port = Number(line);
  server = child;
});

afterAll(() => stopFixture(server));

interface Heard {
  result: WorkerResult;
  ticks: WorkerTick[];
  readyUs: number;
}

/** Plays the fleet for one worker in this thread: start in 20 ms, the window `warmupMs` later. */
async function run(
  changes: Partial<LoadRequest>,
  {
    warmupMs = 0,
    disturb = () => undefined,
  }: { warmupMs?: number; disturb?: (worker: LoadWorker) => void } = {},
): Promise<Heard> {
  const request = closedRequest({ port, connections: 4, ...changes });
  const ticks: WorkerTick[] = [];
  let readyUs = 0;
  return await new Promise((resolve, reject) => {
    const post = (message: WorkerMessage): void => {
      if (message.kind === 'tick') ticks.push(message.tick);
      else if (message.kind === 'done') resolve({ result: message.result, ticks, readyUs });
      else if (message.kind === 'failed') reject(new Error(message.reason.detail));
      else readyUs = monotonicUs();
    };
    const worker = new LoadWorker({ workerIndex: 0, request, tickMs: 100 }, post);
    const begin = async (): Promise<void> => {
      await worker.prepare();
      const atUs = monotonicUs() + 20_000;
      const startUs = atUs + warmupMs * 1_000;
      const { termination } = request;
      const lengthUs = termination.kind === 'duration' ? termination.ms * 1_000 : Number.POSITIVE_INFINITY;
      const messages: FleetMessage[] = [
        { kind: 'window', window: { startUs, endUs: startUs + lengthUs } },
        { kind: 'start', atUs },
      ];
      for (const message of messages) worker.receive(message);
      disturb(worker);
    };
    begin().catch(reject);
  });
}

function blockFor(ms: number): void {
  const untilUs = monotonicUs() + ms * 1_000;
  while (monotonicUs() < untilUs);
}

const open = (rateRps: number): Pick<LoadRequest, 'loop'> => ({
  loop: { kind: 'open', rateRps, arrivals: 'constant' },
});

describe('one load worker', () => {
  it('tells what ended, in ticks that together hold all of it', async () => {
    const { result, ticks } = await run({ termination: { kind: 'duration', ms: 500 } }, { warmupMs: 200 });
    const told = ticks.reduce((sum, tick) => sum + tick.completed, 0);
    expect(told).toBeGreaterThan(result.counts.ok);
    expect(result.counts.ok).toBeGreaterThan(0);
    expect(ticks.length).toBeGreaterThanOrEqual(5);
    for (const [index, tick] of ticks.entries()) {
      const before = ticks[index - 1];
      if (before !== undefined) expect(tick.atUs - tick.periodUs).toBeCloseTo(before.atUs, 3);
      if (tick.completed > 0)
        expect(tick.latencyMaxUs * tick.completed).toBeGreaterThanOrEqual(tick.latencySumUs);
    }
    expect(told - result.counts.ok).toBeGreaterThan(0);
  });

  it('keeps to the window that it was told', async () => {
    const { result } = await run({ termination: { kind: 'duration', ms: 300 } });
    expect(result.window.endUs - result.window.startUs).toBeCloseTo(300_000, 3);
    expect(imbalance(result.counts)).toBe(0);
  });

  it('sends nothing before its start', async () => {
    const { result, readyUs } = await run({ termination: { kind: 'amount', requests: 10 } });
    expect(result.window.startUs - readyUs).toBeGreaterThanOrEqual(19_000);
    expect(result.counts).toMatchObject({ sent: 10, ok: 10 });
  });

  it('stops at once when told to: what is in flight is unfinished, and the accounts balance', async () => {
    const { result } = await run(
      { termination: { kind: 'duration', ms: 60_000 } },
      { disturb: (worker) => void setTimeout(() => worker.receive({ kind: 'abort' }), 300) },
    );
    expect(result.counts.unfinished).toBe(4);
    expect(imbalance(result.counts)).toBe(0);
  });

  it('is done once, however often it is told to stop', async () => {
    const { result } = await run(
      { termination: { kind: 'duration', ms: 200 } },
      {
        disturb: (worker) => {
          setTimeout(() => {
            worker.receive({ kind: 'abort' });
            worker.receive({ kind: 'abort' });
          }, 100);
        },
      },
    );
    expect(result.counts.ok).toBeGreaterThan(0);
  });

  it('G6 schedule lag: a loop that is blocked for 200 ms says so, and every late request counts from its intended start', async () => {
    const { result } = await run(
      { ...open(500), termination: { kind: 'duration', ms: 1_000 }, connections: 128 },
      { disturb: () => void setTimeout(() => blockFor(200), 400) },
    );
    const lag = result.reasons.find(({ code }) => code === 'DRIVER_LAG');
    expect(lag?.detail).toMatch(/lag p99 1\d\d ms, max (19\d|2\d\d) ms/);
    const sendDelay = LatencyHistogram.decode(result.histograms.sendDelay ?? '');
    expect(sendDelay.maxUs).toBeGreaterThan(180_000);
    expect(sendDelay.count).toBe(result.counts.sent);
    sendDelay.destroy();
    expect(Math.abs(result.counts.sent - 500)).toBeLessThanOrEqual(1);
  });

  it('loses no request that fell due while it was blocked over the end of its window', async () => {
    for (const blockAtMs of [480, 485, 490]) {
      const { result } = await run(
        { ...open(2_000), termination: { kind: 'duration', ms: 500 }, connections: 64 },
        // After the loop's own turn: the beat, a timer, then comes before the next one.
        { disturb: () => void setTimeout(() => setImmediate(blockFor, 60), blockAtMs) },
      );
      const { sent, dropped } = result.counts;
      expect(Math.abs(sent + dropped - 1_000)).toBeLessThanOrEqual(1);
    }
  });

  it('reports an error of its own as a failure of the driver', () => {
    expect(crashReport(new Error('broken\nin two'))).toEqual({
      kind: 'failed',
      reason: { code: 'DRIVER_CRASHED', detail: 'broken in two' },
    });
  });
});
