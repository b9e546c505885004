import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ReplayPlan, replayCell } from '../../../harness/analysis/gate/replay.ts';
import { z } from '../../../harness/base/schema.ts';
import { storedCell } from '../support/stored-launches.ts';

const EXPERIMENTS = 20;
const PLAN: ReplayPlan = { cells: 8, affordable: 20, runs: EXPERIMENTS, seed: 23 };
const PLANTED_DELAY_US = 2_000;

/** The slowest p50 of any slice of the stored launches, in µs: a delay is the smallest share of that one. */
function slowestStoredP50Us(): number {
  const file = path.join(import.meta.dirname, 'fixtures/aa-launches.json');
  const slice = z.tuple([z.string(), z.number(), z.number(), z.number(), z.number()]);
  const { launches } = z
    .object({ launches: z.array(z.array(z.array(slice))) })
    .parse(JSON.parse(readFileSync(file, 'utf8')));
  return Math.max(...launches.flat(2).map(([, , , p50Us]) => p50Us));
}

describe('a slowdown planted in real launches, decided by the whole gate', () => {
  it('G23 A/B: 10 % more CPU a request is found, and confirmed on fresh launches, in at least 18 of 20 experiments', () => {
    const { confirmed } = replayCell(storedCell('cpuUsPerRequest'), 0.1, PLAN);
    expect(confirmed).toBeGreaterThanOrEqual(18);
  });

  it('G23 A/B: 2 ms more delay is found in the median latency, in at least 18 of 20 experiments', () => {
    const planted = PLANTED_DELAY_US / slowestStoredP50Us();
    expect(replayCell(storedCell('latencyP50Us'), planted, PLAN).confirmed).toBeGreaterThanOrEqual(18);
  });

  it('G23 A/B: where nothing is planted, at most 1 of 20 finds anything', () => {
    for (const metric of ['cpuUsPerRequest', 'latencyP50Us'] as const) {
      expect(replayCell(storedCell(metric), 0, PLAN).red, metric).toBeLessThanOrEqual(1);
    }
  });
});
