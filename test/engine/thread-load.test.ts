import { describe, expect, it } from 'vitest';
import { sampleThreadLoad, threadLoadBetween } from '../../harness/engine/thread-load.ts';

/** The scheduler tick at which the kernel updates the counter of a running thread, at both ends. */
const TICKS_NS = 2 * 4_000_000 + 2_000_000;

function burnMs(ms: number): void {
  const until = process.hrtime.bigint() + BigInt(ms) * 1_000_000n;
  while (process.hrtime.bigint() < until);
}

describe.runIf(process.platform === 'linux')('the load of a thread', () => {
  it('counts the CPU time of a busy thread, and no more than passed', () => {
    const startNs = process.hrtime.bigint();
    const before = sampleThreadLoad();
    burnMs(100);
    const load = threadLoadBetween(before, sampleThreadLoad());
    const elapsedNs = Number(process.hrtime.bigint() - startNs);
    expect(load.cpuNs).toBeGreaterThan(10_000_000);
    expect(load.cpuNs).toBeLessThanOrEqual(elapsedNs + TICKS_NS);
  });

  it('counts next to nothing for a thread that sleeps', async () => {
    const before = sampleThreadLoad();
    await new Promise((resolve) => setTimeout(resolve, 100));
    const load = threadLoadBetween(before, sampleThreadLoad());
    expect(load.cpuNs).toBeLessThan(50_000_000);
    expect(load.eventLoopUtilization).toBeLessThan(0.5);
  });
});
