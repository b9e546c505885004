import { describe, expect, it } from 'vitest';
import { truthdUnavailable } from '../truth/truthd.ts';
import { loadWhileCapped, useCleanups } from './capped-load.ts';
import { codesOf } from './judgement.ts';
import { EXACT_DRIVERS } from './rig.ts';

const REPEATS = 20;

describe.skipIf(truthdUnavailable !== null)(
  `saturation, again and again (${truthdUnavailable ?? 'nightly'})`,
  () => {
    useCleanups();

    it.for(EXACT_DRIVERS.map(({ id }) => id))(
      'G18 generator saturation: %s before a server with a fifth of a CPU is not suspected in any of 20 runs, the server always',
      { timeout: 300_000 },
      async (id, context) => {
        for (let repeat = 0; repeat < REPEATS; repeat++) {
          const { load, resources } = await loadWhileCapped(id, ({ server }) => server, context);
          const codes = codesOf(load, resources);
          expect(codes, `run ${repeat}`).not.toContain('DRIVER_SATURATED');
          expect(codes, `run ${repeat}`).toContain('TARGET_SATURATED');
        }
      },
    );
  },
);
