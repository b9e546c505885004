import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { settledFrom } from '../../harness/analysis/steady-state.ts';
import type { LoadDriver } from '../../harness/model/ports.ts';
import { verdictOf } from '../../harness/model/reason.ts';
import { whenQuiet } from '../support/quiet.ts';
import type { Program } from '../truth/program.ts';
import { Truthd, truthdUnavailable } from '../truth/truthd.ts';
import { isUnsteady } from './judgement.ts';
import { compare, EXACT_DRIVERS, latencies, loadOf, seconds } from './rig.ts';

const BASE = [{ us: 2_000, times: 1 }];

describe.skipIf(truthdUnavailable !== null)(`steadiness (${truthdUnavailable ?? 'known'})`, () => {
  let truthd: Truthd;
  beforeAll(async () => {
    truthd = await Truthd.start();
  });
  afterAll(() => truthd.stop());

  const load = (driver: LoadDriver, program: Program, ms: number) =>
    compare(
      driver,
      truthd,
      { delayDeck: BASE, ...program },
      { connections: 16, termination: { kind: 'duration', ms } },
    );

  // Autocannon's own workers stand in the same fleet: they are held to this by the long tier, twenty times over.
  describe('as dyno alone sees it', () => {
    const [dyno] = EXACT_DRIVERS.filter(({ id }) => id === 'dyno');
    if (dyno === undefined) throw new Error('no dyno');

    it(
      'G20 warm-up: the end of a slow start is found, and what follows is not touched by it',
      (context) =>
        whenQuiet(context, async () => {
          const slowMs = 1_500;
          const { result } = await load(dyno, { slowStart: { forMs: slowMs, extraUs: 20_000 } }, 3_500);
          expect(isUnsteady(result)).toBe(true);
          const means = result.series.map(({ meanUs }) => meanUs ?? 0);
          const settled = result.series[settledFrom(means)] ?? expect.fail();
          const settledMs = settled.tMs - settled.periodMs;
          expect(Math.abs(settledMs - slowMs)).toBeLessThan(300);
          const after = await compare(
            dyno,
            truthd,
            { delayDeck: BASE, slowStart: { forMs: slowMs, extraUs: 20_000 } },
            {
              connections: 16,
              warmup: { minMs: slowMs + 300, maxMs: slowMs + 300 },
              termination: { kind: 'duration', ms: 1_000 },
            },
          );
          expect(after.service.p99).toBeLessThan(2_000 + 3_500);
        }),
      60_000,
    );

    it.for([
      ['a drift', { driftUsPerS: 500 }],
      ['two levels', { oscillation: { periodMs: 400, extraUs: 2_000 } }],
    ] as const)('G21 never steady: %s', { timeout: 60_000 }, ([, program], context) =>
      whenQuiet(context, async () => {
        const { result } = await load(dyno, program, 2_000);
        expect(isUnsteady(result)).toBe(true);
      }),
    );

    it(
      'G21 never steady: independent delays are steady',
      (context) =>
        whenQuiet(context, async () => {
          const delayDeck = Array.from({ length: 40 }, (_, i) => ({ us: 1_000 + i * 100, times: 1 }));
          const { result } = await load(dyno, { delayDeck, seed: 4 }, 2_000);
          expect(isUnsteady(result)).toBe(false);
        }),
      60_000,
    );
  });

  describe.each(EXACT_DRIVERS)('as $id sees it', (driver) => {
    it('G28 clock: the wall clock may be stepped by an hour, durations and latencies do not notice, the record does', async () => {
      const real = Date.now;
      let stepMs = Number.POSITIVE_INFINITY;
      const wall = vi.spyOn(Date, 'now').mockImplementation(() => {
        const nowMs = real();
        return nowMs > stepMs ? nowMs - 3_600_000 : nowMs;
      });
      try {
        await truthd.program({ delayDeck: BASE });
        const outcome = await driver.run(
          loadOf(truthd, { connections: 8 }),
          { window: () => (stepMs = real() + 300), progress: () => undefined },
          new AbortController().signal,
        );
        if (outcome.kind !== 'measured') throw new Error(outcome.kind);
        const { result } = outcome;
        const service = latencies(result.histograms.serviceTime);
        expect(seconds(result)).toBeCloseTo(1, 3);
        expect(service.minUs).toBeGreaterThanOrEqual(1_999);
        expect(service.maxUs).toBeLessThan(1_000_000);
        expect(result.clampedSamples).toBe(0);
        expect(result.reasons).toContainEqual({
          code: 'CLOCK_STEP',
          detail: expect.stringMatching(/ back during the measurement$/),
        });
        expect(verdictOf(result.reasons)).toBe('valid');
      } finally {
        wall.mockRestore();
      }
    });
  });
});
