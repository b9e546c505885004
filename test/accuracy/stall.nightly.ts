import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { monotonicUs } from '../../harness/base/clock.ts';
import type { MeasuredWindow } from '../../harness/model/load.ts';
import { whenQuiet } from '../support/quiet.ts';
import { holdPercentileUs } from '../truth/truth.ts';
import { Truthd, truthdUnavailable } from '../truth/truthd.ts';
import { compare, latencies, loadOf, OPEN_DRIVERS } from './rig.ts';

const OPEN_500 = {
  loop: { kind: 'open' as const, rateRps: 500, arrivals: 'constant' as const },
  termination: { kind: 'duration' as const, ms: 20_000 },
};

describe.skipIf(truthdUnavailable !== null)(`20 s at 500 req/s (${truthdUnavailable ?? 'nightly'})`, () => {
  let truthd: Truthd;
  beforeAll(async () => {
    truthd = await Truthd.start();
  });
  afterAll(() => truthd.stop());

  describe.each(OPEN_DRIVERS)('of $id', (driver) => {
    it(
      'G3 stall by SIGSTOP for 1 s: p99 800, p99.9 980, max 1000 ms, within 2 %',
      { timeout: 180_000 },
      (context) =>
        whenQuiet(context, async () => {
          await truthd.program({});
          const stopAndGo = ({ startUs }: MeasuredWindow): void => {
            const untilMs = (startUs - monotonicUs()) / 1_000;
            setTimeout(() => truthd.signal('SIGSTOP'), untilMs + 8_000);
            setTimeout(() => truthd.signal('SIGCONT'), untilMs + 9_000);
          };
          const outcome = await driver.run(
            loadOf(truthd, { ...OPEN_500, connections: 64 }),
            { window: stopAndGo, progress: () => undefined },
            new AbortController().signal,
          );
          if (outcome.kind !== 'measured') throw new Error(outcome.kind);
          const { counts, histograms } = outcome.result;
          expect(counts).toMatchObject({ sent: 10_000, ok: 10_000, dropped: 0 });
          const response = latencies(histograms.responseTime);
          expect(Math.abs(response.p99 / 800_000 - 1)).toBeLessThan(0.02);
          expect(Math.abs(response.p999 / 980_000 - 1)).toBeLessThan(0.02);
          expect(Math.abs(response.maxUs / 1_000_000 - 1)).toBeLessThan(0.02);
          expect(latencies(histograms.serviceTime).p99).toBeLessThan(50_000);
        }),
    );

    it('G1 percentile accuracy: p50, p99 and p99.9 of the plateaus', { timeout: 180_000 }, (context) =>
      whenQuiet(context, async () => {
        const delayDeck = [
          { us: 5_000, times: 970 },
          { us: 50_000, times: 25 },
          { us: 200_000, times: 5 },
        ];
        const { truth, service } = await compare(
          driver,
          truthd,
          { delayDeck, seed: 1 },
          { ...OPEN_500, connections: 128 },
        );
        const measured = { 50: service.p50, 99: service.p99, 99.9: service.p999 };
        for (const [percentile, us] of Object.entries(measured)) {
          const trueUs = holdPercentileUs(truth.okHold, Number(percentile));
          expect(Math.abs(us - trueUs), `p${percentile}`).toBeLessThanOrEqual(Math.max(1_000, 0.03 * trueUs));
        }
      }),
    );
  });
});
