import { createRequire } from 'node:module';
import type { Clock } from '../../base/clock.ts';
import { z } from '../../base/schema.ts';
import { runFleet } from '../../engine/fleet.ts';
import type { SteadinessTest } from '../../engine/fleet-timeline.ts';
import { threadWorkerWithin, workerEntryBeside } from '../../engine/fleet-workers.ts';
import type { LoadDriver } from '../../model/ports.ts';

const packageSchema = z.object({ version: z.string() });

/**
 * The engine allocates next to nothing for a request, so a small young generation costs it nothing; with the usual one
 * the garbage of opening 10,000 connections takes 50 MB.
 */
const spawnWorker = threadWorkerWithin({ maxYoungGenerationSizeMb: 4 });

/** httpdyno's own engine: raw sockets, a strict parser, closed and open loops, every outcome counted. */
export function createDynoDriver(deps: { clock: Clock; steadiness: SteadinessTest }): LoadDriver {
  const manifest: unknown = createRequire(import.meta.url)('../../../package.json');
  const { version } = packageSchema.parse(manifest);
  return {
    id: 'dyno',
    label: `dyno ${version}: httpdyno's own HTTP/1.1 engine, closed and open loop`,
    loops: ['closed', 'open'],
    unavailable: () => Promise.resolve(null),
    run: (request, observer, signal) =>
      runFleet({
        request,
        workerEntry: workerEntryBeside(import.meta.url, 'worker'),
        observer,
        signal,
        ...deps,
        driver: { id: 'dyno', version },
        spawnWorker,
      }),
  };
}
