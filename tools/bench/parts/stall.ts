import { createDynoDriver } from '../../../harness/drivers/dyno/driver.ts';
import { systemClock } from '../../../harness/base/clock.ts';
import { compare } from '../../../test/accuracy/rig.ts';
import { Truthd, truthdUnavailable } from '../../../test/truth/truthd.ts';
import { atMost, type Figure, figure, missingFigure } from '../figure.ts';
import type { Part } from '../rig.ts';

const DURATION_MS = 8_000;
const STALL_MS = 400;
const RATE_RPS = 1_000;
const ERROR_GOAL_PERCENT = atMost(5);

/** A server that stands still once: open-loop response times have a closed form, p(q) = stall - (1 - q) * duration. */
export const stall: Part = {
  id: 'stall',
  title: `A stall of ${STALL_MS} ms in ${DURATION_MS / 1_000} s at ${RATE_RPS.toLocaleString('en-US')} req/s, against its closed form`,
  async measure({ progress }) {
    if (truthdUnavailable !== null)
      return [missingFigure('p99', 'response time p99, error', truthdUnavailable, ERROR_GOAL_PERCENT)];
    progress(`${DURATION_MS / 1_000} s with a stall`);
    const truthd = await Truthd.start();
    try {
      const driver = createDynoDriver({ clock: systemClock, steadiness: () => 'steady' });
      const { service, response } = await compare(
        driver,
        truthd,
        { stall: { startMs: 3_000, durationMs: STALL_MS } },
        {
          loop: { kind: 'open', rateRps: RATE_RPS, arrivals: 'constant' },
          connections: 50,
          termination: { kind: 'duration', ms: DURATION_MS },
        },
      );
      const error = (id: string, title: string, measuredUs: number, quantile: number): Figure => {
        const expectedUs = (STALL_MS - (1 - quantile) * DURATION_MS) * 1_000;
        const percent = Math.abs(measuredUs / expectedUs - 1) * 100;
        return figure(id, `response time ${title}, error`, '%', [percent], ERROR_GOAL_PERCENT);
      };
      return [
        error('p99', 'p99', response.p99, 0.99),
        error('p999', 'p99.9', response.p999, 0.999),
        error('max', 'maximum', response.maxUs, 1),
        figure('service.p99', 'service time p99, which does not see the stall', 'ms', [service.p99 / 1_000]),
      ];
    } finally {
      await truthd.stop();
    }
  },
};
