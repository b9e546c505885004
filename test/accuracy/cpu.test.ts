import { afterEach, describe, expect, it } from 'vitest';
import { median } from '../../harness/analysis/order.ts';
import { systemClock } from '../../harness/base/clock.ts';
import type { MeasuredWindow } from '../../harness/model/load.ts';
import type { RunningTarget } from '../../harness/model/ports.ts';
import { createMonitorFactory } from '../../harness/monitors/index.ts';
import { createProcessLauncher } from '../../harness/targets/process/launcher.ts';
import { createProbe } from '../../harness/targets/index.ts';
import { whenQuiet } from '../support/quiet.ts';
import type { Program } from '../truth/program.ts';
import { truthSchema } from '../truth/truth.ts';
import { truthdTarget, truthdUnavailable } from '../truth/truthd.ts';
import { loadWhileCapped, useCleanups } from './capped-load.ts';
import { codesOf } from './judgement.ts';
import { EXACT_DRIVERS, loadOf, OPEN_DRIVERS } from './rig.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function launch(program: Program): Promise<RunningTarget> {
  const options = { workers: 1, cpus: null, nonce: 'truth', sessionId: 'test' };
  const launched = await createProcessLauncher().launch(truthdTarget(program), options);
  if (launched.kind === 'failed') throw new Error(launched.reason.detail);
  cleanups.push(() => launched.target.stop());
  const signal = new AbortController().signal;
  const ready = await createProbe({ clock: systemClock }).waitUntilReady(launched.target, 10_000, signal);
  expect(ready.kind).toBe('ready');
  return launched.target;
}

/** CPU time of the target for each request in µs: as its monitor measured it, and as the target burned it on purpose. */
async function cpuPerRequest(burnUs: number): Promise<{ measuredUs: number; burnedUs: number }> {
  const target = await launch({ burnUs });
  const layout = { target: [0], driver: [1], disjoint: false };
  const monitor = await createMonitorFactory().open(target, layout);
  const signal = new AbortController().signal;
  const observations: ReturnType<typeof monitor.observe>[] = [];
  const window = (announced: MeasuredWindow): void =>
    void observations.push(monitor.observe(announced, signal));
  const request = loadOf(
    { port: target.address.port },
    {
      loop: { kind: 'open', rateRps: 3_000, arrivals: 'constant' },
      connections: 16,
      termination: { kind: 'duration', ms: 800 },
    },
  );
  const outcome = await OPEN_DRIVERS[0]?.run(request, { window, progress: () => undefined }, signal);
  const { resources } = (await observations[0]) ?? expect.fail('no window');
  if (outcome?.kind !== 'measured') throw new Error('not measured');
  const truth = truthSchema.parse(
    await (await fetch(`http://127.0.0.1:${target.address.port}/truth`)).json(),
  );
  await target.stop();
  return {
    measuredUs: (resources.cpuNs.value ?? Number.NaN) / 1_000 / outcome.result.completedInWindow,
    burnedUs: truth.burnedNs / 1_000 / truth.requests,
  };
}

describe.skipIf(truthdUnavailable !== null)(`CPU (${truthdUnavailable ?? 'against the truth'})`, () => {
  useCleanups();

  it(
    'G16 CPU per request: 50 µs that a target burns more are 50 µs that are measured more',
    (context) =>
      whenQuiet(context, async () => {
        const shares: number[] = [];
        // Interleaved: what the machine costs a request drifts within seconds, and must not count as burned.
        for (let round = 0; round < 3; round++) {
          // Both burn: a target that burns is tied to its thread, and what that costs beside must not count as burned.
          const base = await cpuPerRequest(10);
          const burning = await cpuPerRequest(60);
          const burnedUs = burning.burnedUs - base.burnedUs;
          expect(burnedUs).toBeGreaterThan(45);
          shares.push((burning.measuredUs - base.measuredUs) / burnedUs);
        }
        expect(median(shares)).toBeGreaterThan(0.9);
        expect(median(shares)).toBeLessThan(1.1);
      }),
    60_000,
  );

  // A thread that waits for its quota looks idle by its CPU and its event loop: only the wait itself tells.
  it.for(EXACT_DRIVERS.map(({ id }) => id))(
    'G18 generator saturation: %s with a fifth of a CPU is found saturated',
    { timeout: 60_000 },
    async (id, context) => {
      const { load, resources } = await loadWhileCapped(id, ({ driver }) => driver, context);
      expect(resources.cpuQuota).toBeUndefined();
      const codes = codesOf(load, resources);
      expect(codes).toContain('DRIVER_SATURATED');
      expect(codes).not.toContain('TARGET_SATURATED');
    },
  );

  it.for(EXACT_DRIVERS.map(({ id }) => id))(
    'G18 generator saturation: %s before a server with a fifth of a CPU never is, the server is',
    { timeout: 60_000 },
    async (id, context) => {
      const { load, resources } = await loadWhileCapped(id, ({ server }) => server, context);
      expect(load.counts.ok).toBeGreaterThan(0);
      expect(resources.cpuQuota).toMatchObject({ cores: 0.2 });
      const codes = codesOf(load, resources);
      expect(codes).not.toContain('DRIVER_SATURATED');
      expect(codes).toContain('TARGET_SATURATED');
    },
  );
});
