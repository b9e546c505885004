import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { isoTime, monotonicUs, systemClock } from '../../harness/base/clock.ts';

describe('monotonic time', () => {
  it('never goes back and advances by what was slept', async () => {
    const before = systemClock.monotonicUs();
    await systemClock.sleep(20);
    const elapsedUs = systemClock.monotonicUs() - before;
    expect(elapsedUs).toBeGreaterThanOrEqual(19_000);
    let last = 0;
    for (let i = 0; i < 10_000; i++) {
      const now = monotonicUs();
      expect(now >= last).toBe(true);
      last = now;
    }
  });

  it('is CLOCK_MONOTONIC, whose zero all threads and processes share', async () => {
    const clock = new URL('../../harness/base/clock.ts', import.meta.url).href;
    const source = `import(${JSON.stringify(clock)}).then(({ monotonicUs }) =>
      require('node:worker_threads').parentPort.postMessage(monotonicUs()))`;
    const before = Number(process.hrtime.bigint()) / 1_000;
    const inThread = await new Promise<number>((resolve, reject) => {
      const worker = new Worker(source, { eval: true });
      worker.once('message', resolve).once('error', reject);
    });
    const after = Number(process.hrtime.bigint()) / 1_000;
    expect(inThread).toBeGreaterThanOrEqual(before - 1);
    expect(inThread).toBeLessThanOrEqual(after + 1);
  });

  it('ends a sleep with the reason of its signal', async () => {
    const controller = new AbortController();
    const sleeping = systemClock.sleep(10_000, controller.signal);
    controller.abort(new Error('enough'));
    await expect(sleeping).rejects.toThrow();
  });

  it('M14 G28: does not follow the wall clock', () => {
    const wall = { ...systemClock, wallMs: () => Date.parse('1999-12-31T23:59:59.000Z') };
    expect(isoTime(wall)).toBe('1999-12-31T23:59:59.000Z');
    expect(Math.abs(wall.monotonicUs() - monotonicUs())).toBeLessThan(50_000);
  });
});
