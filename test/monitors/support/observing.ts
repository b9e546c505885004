import { systemClock } from '../../../harness/base/clock.ts';
import type { RunningTarget } from '../../../harness/model/ports.ts';
import type { MachineUsage, Reading, ResourceUsage } from '../../../harness/model/resources.ts';
import type { CpuLayout } from '../../../harness/model/session.ts';
import type { ResourceScope } from '../../../harness/model/target.ts';
import { createMonitorFactory } from '../../../harness/monitors/index.ts';

export const ANY_LAYOUT: CpuLayout = { target: [0], driver: [0], disjoint: false };

/** A running target of which only the place where the kernel accounts for it matters. */
export function targetIn(scope: ResourceScope): RunningTarget {
  return {
    spec: {
      id: 'known-load',
      name: 'Known load',
      language: 'TypeScript',
      framework: 'none',
      build: null,
      run: { command: ['node'], env: {} },
      image: null,
      scenarios: ['none'],
      folder: '/',
    },
    launcher: scope.kind === 'container' ? 'docker' : 'process',
    address: { host: '127.0.0.1', port: 1 },
    nonce: 'none',
    argv: ['node'],
    scope,
    exited: new Promise(() => undefined),
    logTail: () => [],
    stop: () => Promise.reject(new Error('not part of this test')),
  };
}

export interface Observed {
  resources: ResourceUsage;
  machine: MachineUsage;
}

/** Observes while the work is done: the window begins before it and is closed after it. */
export async function observeDuring(
  scope: ResourceScope,
  work: () => Promise<unknown>,
  options: { fsRoot?: string } = {},
): Promise<Observed> {
  const monitor = await createMonitorFactory(options).open(targetIn(scope), ANY_LAYOUT);
  const ended = new AbortController();
  const startUs = systemClock.monotonicUs() + 60_000;
  const observation = monitor.observe({ startUs, endUs: Number.POSITIVE_INFINITY }, ended.signal);
  await systemClock.sleep(120);
  await work();
  // A thread that has just stopped running is booked by now.
  await systemClock.sleep(20);
  ended.abort();
  return observation;
}

/** The number of a reading, which must be there. */
export function valueOf(reading: Reading): number {
  if (reading.value === null) throw new Error(`missing: ${reading.missing}`);
  return reading.value;
}
