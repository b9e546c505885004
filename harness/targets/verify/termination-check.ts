import type { Clock } from '../../base/clock.ts';
import { US_PER_MS } from '../../base/units.ts';
import { encodeRequest, WireConnection } from '../wire/connection.ts';
import type { Check } from './check.ts';

const LIMIT_MS = 2_000;

/** SIGTERM ends the target within 2 s though a client keeps an idle connection open. It ends the target: the last check. */
export function termination(clock: Clock): Check {
  return {
    id: 'sigterm',
    title: 'ends within 2 s of SIGTERM, an idle connection open',
    run: async (target) => {
      const idle = await WireConnection.open(target.address);
      try {
        idle.send(encodeRequest(target.address, { method: 'GET', path: '/healthz' }));
        await idle.response('GET');
        const startUs = clock.monotonicUs();
        const stopped = await target.stop();
        const tookMs = Math.round((clock.monotonicUs() - startUs) / US_PER_MS);
        if (stopped.killed) return `ignored SIGTERM for ${LIMIT_MS} ms and was killed`;
        return tookMs <= LIMIT_MS ? null : `took ${tookMs} ms`;
      } finally {
        idle.close();
      }
    },
  };
}
