import type { Clock } from '../../base/clock.ts';
import { HarnessError } from '../../base/errors.ts';
import { MS_PER_S } from '../../base/units.ts';
import type { LoadRequest, Termination } from '../../model/load.ts';
import type { LoadDriver } from '../../model/ports.ts';
import { WRK_LABEL } from './label.ts';

/**
 * wrk, where it is installed: a second opinion on throughput. It knows whole seconds only and reconnects for the measured
 * part, so that the warm-up warms the target but not the connections. What starts it is loaded on first use: 20 MB that most
 * loads do without.
 */
export function createWrkDriver({ clock }: { clock: Clock }): LoadDriver {
  return {
    id: 'wrk',
    label: `wrk: ${WRK_LABEL}; the correction is undone`,
    loops: ['closed'],
    unavailable: async () => {
      const { installedVersion } = await import('./load.ts');
      return (await installedVersion()) === null ? 'wrk is not installed (apt-get install wrk).' : null;
    },
    run: (request, observer, signal) => {
      const durationS = durationOf(request);
      return import('./load.ts').then(({ runLoad }) =>
        runLoad(request, durationS, { clock, observer, signal }),
      );
    },
  };
}

/** @throws HarnessError USAGE for a load that wrk cannot make. */
function durationOf({ loop, pipelining, method, vary, connectionMode, termination }: LoadRequest): number {
  const problems = [
    loop.kind === 'open' ? 'an open loop' : null,
    pipelining !== 1 ? 'pipelining' : null,
    method === 'HEAD' ? 'HEAD' : null,
    vary === undefined ? null : 'paths that vary',
    connectionMode === 'per-request' ? 'a connection for each request' : null,
    termination.kind === 'amount' ? 'an exact number of requests' : null,
  ];
  const problem = problems.find((text) => text !== null);
  if (problem === undefined) return secondsOf(termination);
  throw new HarnessError('USAGE', `the driver wrk does not do ${problem}`, { fix: '--driver dyno' });
}

function secondsOf(termination: Termination): number {
  return termination.kind === 'duration' ? Math.ceil(termination.ms / MS_PER_S) : 0;
}
