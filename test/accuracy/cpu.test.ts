import path from 'node:path';
import { afterEach, describe, expect, it, type TestContext } from 'vitest';
import { judgeTrial } from '../../harness/analysis/trial-reasons.ts';
import { systemClock } from '../../harness/base/clock.ts';
import { spawnChild } from '../../harness/base/subprocess.ts';
import type { LoadRequest, LoadResult, MeasuredWindow } from '../../harness/model/load.ts';
import type { LoadOutcome, RunningTarget } from '../../harness/model/ports.ts';
import { createMonitorFactory } from '../../harness/monitors/index.ts';
import { createProcessLauncher } from '../../harness/targets/process/launcher.ts';
import { createProbe } from '../../harness/targets/index.ts';
import { quietMachine, resourceUsage } from '../support/factories.ts';
import { whenQuiet } from '../support/quiet.ts';
import type { Program } from '../truth/program.ts';
import { truthSchema } from '../truth/truth.ts';
import { Truthd, truthdTarget, truthdUnavailable } from '../truth/truthd.ts';
import { createCpuCap } from './cpu-cap.ts';
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
      termination: { kind: 'duration', ms: 1_500 },
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

/** Runs a load in another process; `announced` gets its pid when the measured window is about to begin. */
async function loadElsewhere(
  driverId: string,
  request: LoadRequest,
  announced: (pid: number) => void,
): Promise<LoadResult> {
  let output = '';
  let hasAnnounced = false;
  const entry = path.join(import.meta.dirname, 'fixtures/run-load.ts');
  const child = spawnChild(process.execPath, [entry, driverId, JSON.stringify(request)], {
    cpus: null,
    cwd: import.meta.dirname,
    env: { PATH: process.env['PATH'] ?? '' },
    onOutput: (chunk) => {
      output += Buffer.from(chunk).toString('utf8');
      if (hasAnnounced || !output.includes('window\n') || !('pid' in child)) return;
      hasAnnounced = true;
      announced(child.pid);
    },
  });
  if (!('pid' in child)) throw new Error(`not started: ${child.spawnError}`);
  cleanups.push(() => child.signalGroup('SIGKILL'));
  await child.exited;
  const outcome = JSON.parse(
    output.split('\n').find((line) => line.startsWith('{')) ?? 'null',
  ) as LoadOutcome | null;
  if (outcome?.kind !== 'measured') throw new Error(`not measured: ${output}`);
  return outcome.result;
}

function codesOf(load: LoadResult): string[] {
  const cpus = { target: [1], driver: [0], disjoint: true };
  const figures = { load, resources: resourceUsage(), machine: quietMachine() };
  return judgeTrial(figures, { scenario: { drain: 1_000 }, cpus }).map(({ code }) => code);
}

describe.skipIf(truthdUnavailable !== null)(`CPU (${truthdUnavailable ?? 'against the truth'})`, () => {
  it(
    'G16 CPU per request: 50 µs that a target burns more are 50 µs that are measured more',
    (context) =>
      whenQuiet(context, async () => {
        const base = await cpuPerRequest(0);
        const burning = await cpuPerRequest(50);
        const differenceUs = burning.measuredUs - base.measuredUs;
        expect(burning.burnedUs).toBeGreaterThanOrEqual(50);
        expect(differenceUs / burning.burnedUs).toBeGreaterThan(0.9);
        expect(differenceUs / burning.burnedUs).toBeLessThan(1.1);
      }),
    60_000,
  );

  /** Loads on 16 connections while a process of the load, or the server, has a fifth of a CPU. */
  async function loadWhileCapped(
    id: string,
    cappedPid: (pids: { driver: number; server: number }) => number,
    context: TestContext,
  ): Promise<LoadResult> {
    const cap = createCpuCap(0.2);
    if (typeof cap === 'string') return context.skip(cap);
    cleanups.push(() => cap.remove());
    const truthd = await Truthd.start();
    cleanups.push(() => truthd.stop());
    const request = loadOf(truthd, {
      connections: 16,
      warmup: { minMs: 300, maxMs: 300 },
      termination: { kind: 'duration', ms: 1_500 },
    });
    return loadElsewhere(id, request, (pid) => cap.add(cappedPid({ driver: pid, server: truthd.pid })));
  }

  // A thread that waits for its quota looks idle: its CPU time is low, and its event loop rests while the kernel holds it.
  // This must turn red, and become an ordinary test, as soon as the time that a thread waits for a CPU is counted.
  it.for(EXACT_DRIVERS.map(({ id }) => id))(
    'G18 generator saturation: %s with a fifth of a CPU is found saturated (known not to be)',
    { timeout: 60_000, fails: true },
    async (id, context) => {
      const load = await loadWhileCapped(id, ({ driver }) => driver, context);
      expect(codesOf(load)).toContain('DRIVER_SATURATED');
    },
  );

  it.for(EXACT_DRIVERS.map(({ id }) => id))(
    'G18 generator saturation: %s before a server with a fifth of a CPU never is',
    { timeout: 60_000 },
    async (id, context) => {
      const load = await loadWhileCapped(id, ({ server }) => server, context);
      expect(load.counts.ok).toBeGreaterThan(0);
      expect(codesOf(load)).not.toContain('DRIVER_SATURATED');
    },
  );
});
