import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { driverNamed, runDriver } from '../drivers/run-driver.ts';
import { Truthd, truthdUnavailable } from '../truth/truthd.ts';
import { HOSTILE_TABLE } from './hostile-table.ts';
import { loadOf } from './rig.ts';

const wrk = driverNamed('wrk');
const isInstalled = (await wrk.unavailable()) === null;

describe.skipIf(truthdUnavailable !== null || !isInstalled)(
  `hostile responses under wrk (${truthdUnavailable ?? (isInstalled ? 'a second for each' : 'not installed')})`,
  () => {
    let truthd: Truthd;
    beforeAll(async () => {
      truthd = await Truthd.start();
    });
    afterAll(() => truthd.stop());

    it.each(HOSTILE_TABLE)('$name: $wrk', async ({ mode, wrk: expected }) => {
      await truthd.program({ wire: { mode, intervalMs: 20 } });
      const request = loadOf(truthd, { termination: { kind: 'duration', ms: 1_000 }, requestTimeoutMs: 500 });
      const { outcome } = await runDriver(wrk, request);
      if (outcome.kind !== 'measured') {
        expect('no result').toBe(expected);
        return;
      }
      const { sent, ok, reset } = outcome.result.counts;
      expect(sent === 0 ? 'nothing' : sent === ok ? 'ok' : sent === reset ? 'reset' : 'a mix').toBe(expected);
      expect(outcome.result.reasons.map(({ code }) => code)).toContain('UNCOUNTED_OUTCOMES');
    });
  },
);
