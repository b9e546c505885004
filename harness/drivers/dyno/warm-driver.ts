import { createRequire } from 'node:module';
import type { Clock } from '../../base/clock.ts';
import { z } from '../../base/schema.ts';
import { runFleet } from '../../engine/fleet.ts';
import { workerEntryBeside } from '../../engine/fleet-workers.ts';
import type { LoadDriver } from '../../model/ports.ts';
import { WarmWorkers } from './warm-workers.ts';

/** A short load begins to count soon after it began: on a finer grid than a long one. */
const TICK_MS = 20;

export interface WarmDriver {
  driver: LoadDriver;
  /** Ends the threads that wait for a next load. */
  close(): Promise<void>;
}

/** The engine with threads that stay warm between loads: for many short loads in a row, as the slices of a gate are. */
export function createWarmDynoDriver(clock: Clock): WarmDriver {
  const manifest: unknown = createRequire(import.meta.url)('../../../package.json');
  const { version } = z.object({ version: z.string() }).parse(manifest);
  const workers = new WarmWorkers(workerEntryBeside(import.meta.url, 'warm/worker'));
  return {
    driver: {
      id: 'dyno',
      label: `dyno ${version}: httpdyno's own HTTP/1.1 engine, threads kept warm`,
      loops: ['closed', 'open'],
      unavailable: () => Promise.resolve(null),
      run: (request, observer, signal) =>
        runFleet({
          request,
          workerEntry: workerEntryBeside(import.meta.url, 'warm/worker'),
          observer,
          signal,
          clock,
          // Whoever asks for many short loads decides between them whether the target is steady.
          steadiness: null,
          tickMs: TICK_MS,
          driver: { id: 'dyno', version },
          spawnWorker: workers.spawn,
        }),
    },
    close: () => workers.close(),
  };
}
