import path from 'node:path';
import { afterEach, type TestContext } from 'vitest';
import { spawnChild } from '../../harness/base/subprocess.ts';
import {
  type LoadRequest,
  type LoadResult,
  type MeasuredWindow,
  windowSchema,
} from '../../harness/model/load.ts';
import type { LoadOutcome } from '../../harness/model/ports.ts';
import type { ResourceUsage } from '../../harness/model/resources.ts';
import { createMonitorFactory } from '../../harness/monitors/index.ts';
import { ANY_LAYOUT, targetIn } from '../monitors/support/observing.ts';
import { Truthd } from '../truth/truthd.ts';
import { createCpuCap } from './cpu-cap.ts';
import { loadOf } from './rig.ts';

const CAP_CORES = 0.2;
const cleanups: (() => unknown)[] = [];

/** Stops after each test what the loads below have left; call it once in the suite. */
export function useCleanups(): void {
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  });
}

export interface CappedLoad {
  load: LoadResult;
  /** Of the server, over the same window. */
  resources: ResourceUsage;
}

/** Loads on 16 connections, from a process of its own, while that process or the server has a fifth of a CPU. */
export async function loadWhileCapped(
  driverId: string,
  cappedPid: (pids: { driver: number; server: number }) => number,
  context: TestContext,
): Promise<CappedLoad> {
  const cap = createCpuCap(CAP_CORES);
  if (typeof cap === 'string') return context.skip(cap);
  cleanups.push(() => cap.remove());
  const truthd = await Truthd.start();
  cleanups.push(() => truthd.stop());
  const request = loadOf(truthd, {
    connections: 16,
    warmup: { minMs: 300, maxMs: 300 },
    termination: { kind: 'duration', ms: 1_500 },
  });
  const scope = { kind: 'process-group', leaderPid: truthd.pid } as const;
  const monitor = await createMonitorFactory().open(targetIn(scope), ANY_LAYOUT);
  const observations: ReturnType<typeof monitor.observe>[] = [];
  const load = await loadElsewhere(driverId, request, (pid, window) => {
    cap.add(cappedPid({ driver: pid, server: truthd.pid }));
    observations.push(monitor.observe(window, new AbortController().signal));
  });
  const [observed] = await Promise.all(observations);
  if (observed === undefined) throw new Error('no window was announced');
  return { load, resources: observed.resources };
}

/** `announced` gets the pid of the load and its measured window, which is about to begin. */
async function loadElsewhere(
  driverId: string,
  request: LoadRequest,
  announced: (pid: number, window: MeasuredWindow) => void,
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
      const window = /^window (.*)\n/m.exec(output)?.[1];
      if (hasAnnounced || window === undefined || !('pid' in child)) return;
      hasAnnounced = true;
      announced(child.pid, windowSchema.parse(JSON.parse(window)));
    },
  });
  if (!('pid' in child)) throw new Error(`not started: ${child.spawnError}`);
  cleanups.push(() => child.signalGroup('SIGKILL'));
  await child.exited;
  const line = output.split('\n').find((text) => text.startsWith('{')) ?? 'null';
  const outcome = JSON.parse(line) as LoadOutcome | null;
  if (outcome?.kind !== 'measured') throw new Error(`not measured: ${output}`);
  return outcome.result;
}
