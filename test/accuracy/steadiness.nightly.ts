import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { settledFrom } from '../../harness/analysis/steady-state.ts';
import { whenQuiet } from '../support/quiet.ts';
import type { Program } from '../truth/program.ts';
import { Truthd, truthdUnavailable } from '../truth/truthd.ts';
import { isUnsteady } from './judgement.ts';
import { compare, EXACT_DRIVERS } from './rig.ts';

const REPEATS = 20;

describe.skipIf(truthdUnavailable !== null)(
  `steadiness, again and again (${truthdUnavailable ?? 'nightly'})`,
  () => {
    let truthd: Truthd;
    beforeAll(async () => {
      truthd = await Truthd.start();
    });
    afterAll(() => truthd.stop());

    describe.each(EXACT_DRIVERS)('as $id sees it', (driver) => {
      const unsteadyRuns = async (programOf: (repeat: number) => Program): Promise<number> => {
        let unsteady = 0;
        for (let repeat = 0; repeat < REPEATS; repeat++) {
          const { result } = await compare(driver, truthd, programOf(repeat), {
            connections: 16,
            termination: { kind: 'duration', ms: 4_000 },
          });
          if (isUnsteady(result)) unsteady++;
        }
        return unsteady;
      };

      it(
        'G20 warm-up: 20 ms more for the first 5 s; its end is found within 1 s',
        { timeout: 120_000 },
        (context) =>
          whenQuiet(context, async () => {
            const { result } = await compare(
              driver,
              truthd,
              { delayDeck: [{ us: 2_000, times: 1 }], slowStart: { forMs: 5_000, extraUs: 20_000 } },
              { connections: 16, termination: { kind: 'duration', ms: 12_000 } },
            );
            const means = result.series.map(({ meanUs }) => meanUs ?? 0);
            const settled = result.series[settledFrom(means)] ?? expect.fail();
            const settledMs = settled.tMs - settled.periodMs;
            expect(Math.abs(settledMs - 5_000)).toBeLessThanOrEqual(1_000);
          }),
      );

      it.each<[string, Program]>([
        ['a drift of 0.5 ms/s', { driftUsPerS: 500 }],
        ['two levels', { oscillation: { periodMs: 700, extraUs: 2_000 } }],
      ])('G21 never steady: %s is found in 19 of 20 runs', { timeout: 300_000 }, async (_name, program) => {
        expect(
          await unsteadyRuns(() => ({ delayDeck: [{ us: 2_000, times: 1 }], ...program })),
        ).toBeGreaterThanOrEqual(19);
      });

      it(
        'G21 never steady: independent delays are suspected in 1 of 20 runs at most',
        { timeout: 600_000 },
        (context) =>
          whenQuiet(context, async () => {
            const delayDeck = Array.from({ length: 40 }, (_, i) => ({ us: 1_000 + i * 100, times: 1 }));
            expect(await unsteadyRuns((seed) => ({ delayDeck, seed }))).toBeLessThanOrEqual(1);
          }),
      );
    });
  },
);
