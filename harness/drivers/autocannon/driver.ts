import { createRequire } from 'node:module';
import type { Clock } from '../../base/clock.ts';
import { HarnessError } from '../../base/errors.ts';
import { z } from '../../base/schema.ts';
import { runFleet } from '../../engine/fleet.ts';
import type { SteadinessTest } from '../../engine/fleet-timeline.ts';
import { workerEntryBeside } from '../../engine/fleet-workers.ts';
import type { LoadRequest } from '../../model/load.ts';
import type { LoadDriver, LoadOutcome } from '../../model/ports.ts';
import { AUTOCANNON_VERSION } from './client-internals.ts';
import { isLoadable } from './methods.ts';

const packageSchema = z.object({ version: z.string() });

/**
 * autocannon's HTTP client under our phases, clock and accounting: closed loop only, one instance a worker thread of ours,
 * latency in µs. Its rate mode, its correction of latencies and its own workers are not used.
 */
export function createAutocannonDriver(deps: { clock: Clock; steadiness: SteadinessTest }): LoadDriver {
  return {
    id: 'autocannon',
    label: `autocannon ${AUTOCANNON_VERSION}: closed loop, bodies not joined, every request accounted for by httpdyno`,
    loops: ['closed'],
    unavailable: () => Promise.resolve(wrongVersion(installedVersion())),
    run: (request, observer, signal) => {
      refuseUnable(request);
      return runFleet({
        request,
        workerEntry: workerEntryBeside(import.meta.url, 'worker'),
        observer,
        signal,
        ...deps,
        driver: { id: 'autocannon', version: AUTOCANNON_VERSION },
      }).then((outcome) => (request.expected.bodyBytes === null ? withLenience(outcome) : outcome));
    },
  };
}

/** What the table of hostile responses shows of its parser: with the length of the body known, only the body gives them away. */
const LENIENCE =
  'its parser takes ambiguous lengths, broken chunks, folded headers and bare line feeds for right, and no length of the ' +
  'body is expected that would give them away';

function withLenience(outcome: LoadOutcome): LoadOutcome {
  if (outcome.kind !== 'measured') return outcome;
  const reasons = [...outcome.result.reasons, { code: 'UNCOUNTED_OUTCOMES' as const, detail: LENIENCE }];
  return { ...outcome, result: { ...outcome.result, reasons } };
}

function installedVersion(): string | null {
  try {
    const manifest: unknown = createRequire(import.meta.url)('autocannon/package.json');
    return packageSchema.parse(manifest).version;
  } catch {
    return null;
  }
}

/** Why the autocannon that is installed cannot be used, in one sentence, or null. */
export function wrongVersion(version: string | null): string | null {
  if (version === AUTOCANNON_VERSION) return null;
  const found = version === null ? 'none is' : `${version} is`;
  return `autocannon ${AUTOCANNON_VERSION} is needed, ${found} installed: run npm ci.`;
}

/** @throws HarnessError USAGE for a load that this driver cannot make. */
function refuseUnable({ loop, pipelining, method, vary }: LoadRequest): void {
  const problem =
    loop.kind === 'open'
      ? 'an open loop: its rate mode sends one burst a second'
      : pipelining !== 1
        ? 'pipelining'
        : vary !== undefined
          ? 'paths that vary'
          : isLoadable(method)
            ? null
            : `${method}: it waits for a body that never comes`;
  if (problem === null) return;
  throw new HarnessError('USAGE', `the driver autocannon does not do ${problem}`, { fix: '--driver dyno' });
}
