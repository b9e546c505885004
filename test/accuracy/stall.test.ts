import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countAtMost } from '../../harness/analysis/latency-share.ts';
import { LatencyHistogram } from '../../harness/histogram/latency-histogram.ts';
import { whenQuiet } from '../support/quiet.ts';
import { Truthd, truthdUnavailable } from '../truth/truthd.ts';
import { codesOf } from './judgement.ts';
import { compare, EXACT_DRIVERS, OPEN_DRIVERS } from './rig.ts';

describe.skipIf(truthdUnavailable !== null)(`a stall (${truthdUnavailable ?? 'known'})`, () => {
  let truthd: Truthd;
  beforeAll(async () => {
    truthd = await Truthd.start();
  });
  afterAll(() => truthd.stop());

  describe.each(OPEN_DRIVERS)('in an open loop of $id', (driver) => {
    it(
      'G3 stall: response time tells it as the closed form does, service time hides it',
      (context) =>
        whenQuiet(context, async () => {
          const durationMs = 8_000;
          const stallMs = 400;
          const { result, service, response } = await compare(
            driver,
            truthd,
            { stall: { startMs: 3_000, durationMs: stallMs } },
            {
              loop: { kind: 'open', rateRps: 1_000, arrivals: 'constant' },
              connections: 50,
              termination: { kind: 'duration', ms: durationMs },
            },
          );
          // Requests due while the server stands wait for its end: p(q) = stall - (1 - q) * duration.
          const expectedUs = (q: number): number => (stallMs - (1 - q) * durationMs) * 1_000;
          expect(result.counts).toMatchObject({ sent: 8_000, ok: 8_000, dropped: 0 });
          expect(response.count).toBe(8_000);
          expect(response.p99 / expectedUs(0.99)).toBeGreaterThan(0.95);
          expect(response.p99 / expectedUs(0.99)).toBeLessThan(1.05);
          expect(response.p999 / expectedUs(0.999)).toBeGreaterThan(0.969);
          expect(response.p999 / expectedUs(0.999)).toBeLessThan(1.031);
          expect(response.maxUs / expectedUs(1)).toBeGreaterThan(0.98);
          expect(response.maxUs / expectedUs(1)).toBeLessThan(1.03);
          expect(service.p99).toBeLessThan(50_000);
        }),
      90_000,
    );
  });

  describe.each(EXACT_DRIVERS)('in a closed loop of $id', (driver) => {
    it('G4 stall: one slow sample a connection, none invented, and the tail is said to be too low', async () => {
      const connections = 64;
      const { result, truth } = await compare(
        driver,
        truthd,
        { delayDeck: [{ us: 2_000, times: 1 }], stall: { startMs: 600, durationMs: 750 } },
        { connections, termination: { kind: 'amount', requests: 20_000 } },
      );
      expect(result.counts.ok).toBe(20_000);
      const histogram = LatencyHistogram.decode(result.histograms.responseTime);
      expect(histogram.count).toBe(truth.responses.ok);
      const slow = histogram.count - countAtMost(histogram, 400_000);
      histogram.destroy();
      expect(Math.abs(slow - connections)).toBeLessThanOrEqual(1);
      expect(codesOf(result)).toContain('TAIL_NOT_REPRESENTATIVE');
    });
  });
});
