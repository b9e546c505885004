import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { whenQuiet } from '../support/quiet.ts';
import { holdMeanUs, holdPercentileUs } from '../truth/truth.ts';
import { Truthd, truthdUnavailable } from '../truth/truthd.ts';
import { codesOf } from './judgement.ts';
import { compare, drivers, EXACT_DRIVERS, latencies, OPEN_DRIVERS, seconds } from './rig.ts';

/** 97 % at 5 ms, 2.5 % at 50 ms, 0.5 % at 200 ms: p50, p99 and p99.9 each lie well inside a plateau. */
const PLATEAUS = [
  { us: 5_000, times: 970 },
  { us: 50_000, times: 25 },
  { us: 200_000, times: 5 },
];

describe.skipIf(truthdUnavailable !== null)(`latency (${truthdUnavailable ?? 'against the truth'})`, () => {
  let truthd: Truthd;
  beforeAll(async () => {
    truthd = await Truthd.start();
  });
  afterAll(() => truthd.stop());

  describe.each(OPEN_DRIVERS)('of $id', (driver) => {
    it(
      'G1 percentile accuracy: p50, p99 and p99.9 within max(1 ms, 3 %) of what the server held back',
      (context) =>
        whenQuiet(context, async () => {
          const { result, truth, service, response } = await compare(
            driver,
            truthd,
            { delayDeck: PLATEAUS, seed: 5 },
            {
              loop: { kind: 'open', rateRps: 2_000, arrivals: 'poisson' },
              connections: 128,
              termination: { kind: 'duration', ms: 5_000 },
            },
          );
          expect(truth.okHold.count).toBe(result.counts.ok);
          const delays = latencies(result.histograms.sendDelay ?? '');
          for (const [percentile, key] of [
            [50, 'p50'],
            [99, 'p99'],
            [99.9, 'p999'],
          ] as const) {
            const trueUs = holdPercentileUs(truth.okHold, percentile);
            const allowedUs = Math.max(1_000, 0.03 * trueUs);
            expect(Math.abs(service[key] - trueUs), `service ${key}, truly ${trueUs}`).toBeLessThanOrEqual(
              allowedUs,
            );
            expect(response[key] - trueUs, `response ${key}, truly ${trueUs}`).toBeLessThanOrEqual(
              delays.p99 + allowedUs,
            );
            expect(response[key], key).toBeGreaterThanOrEqual(service[key] * 0.998 - 1);
          }
        }),
      60_000,
    );
  });

  describe.each(EXACT_DRIVERS)('of $id', (driver) => {
    it(
      'G1 percentile accuracy in a closed loop: the same, and the mean',
      (context) =>
        whenQuiet(context, async () => {
          const { truth, service } = await compare(
            driver,
            truthd,
            { delayDeck: PLATEAUS, seed: 6 },
            { connections: 32, termination: { kind: 'amount', requests: 8_000 } },
          );
          for (const [percentile, key] of [
            [50, 'p50'],
            [99, 'p99'],
            [99.9, 'p999'],
          ] as const) {
            const trueUs = holdPercentileUs(truth.okHold, percentile);
            expect(Math.abs(service[key] - trueUs), key).toBeLessThanOrEqual(Math.max(1_000, 0.03 * trueUs));
          }
          const lateUs = service.meanUs - holdMeanUs(truth.okHold);
          expect(lateUs).toBeGreaterThan(0);
          expect(lateUs).toBeLessThan(1_000);
        }),
      60_000,
    );

    it(
      "G10 Little's law: throughput times mean latency is the number of connections",
      (context) =>
        whenQuiet(context, async () => {
          for (const delayMs of [2, 20]) {
            for (const connections of [1, 16, 64, 256]) {
              const { result, service } = await compare(
                driver,
                truthd,
                { delayDeck: [{ us: delayMs * 1_000, times: 1 }] },
                { connections, termination: { kind: 'duration', ms: delayMs === 2 ? 400 : 800 } },
              );
              const busy = (service.count * service.meanUs) / 1e6 / seconds(result);
              expect(
                Math.abs(busy - connections) / connections,
                `${connections} at ${delayMs} ms`,
              ).toBeLessThan(0.05);
              const rate = result.completedInWindow / seconds(result);
              expect(
                service.meanUs / 1e6 / (connections / rate),
                `${connections} at ${delayMs} ms`,
              ).toBeCloseTo(1, 1);
              const steps = [service.minUs, service.p50, service.p99, service.p999, service.maxUs];
              expect(steps.toSorted((a, b) => a - b)).toEqual(steps);
              expect(codesOf(result)).not.toContain('INCONSISTENT');
            }
          }
        }),
      90_000,
    );
  });

  it('G29 cross-check: wrk and every driver of ours agree on rate and median', async (context) => {
    const wrk = drivers.get('wrk');
    if (wrk === undefined || (await wrk.unavailable()) !== null) {
      context.skip('wrk is not installed');
      return;
    }
    await whenQuiet(context, async () => {
      const load = { connections: 16, termination: { kind: 'duration' as const, ms: 1_000 } };
      const program = { delayDeck: [{ us: 4_000, times: 1 }] };
      const theirs = await compare(wrk, truthd, program, load);
      const theirRate = theirs.result.completedInWindow / seconds(theirs.result);
      for (const driver of EXACT_DRIVERS) {
        const ours = await compare(driver, truthd, program, load);
        const rate = ours.result.completedInWindow / seconds(ours.result);
        const both = `${driver.id} ${rate} req/s, p50 ${ours.service.p50} µs; wrk ${theirRate}, ${theirs.service.p50}`;
        expect(Math.abs(rate / theirRate - 1), both).toBeLessThan(0.1);
        expect(Math.abs(ours.service.p50 / theirs.service.p50 - 1), both).toBeLessThan(0.15);
      }
    });
  }, 60_000);
});
