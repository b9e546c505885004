import { describe, expect, it } from 'vitest';
import { type ReplayPlan, replayCell } from '../../../harness/analysis/gate/replay.ts';
import { storedCell, storedValues } from '../support/stored-launches.ts';

const EXPERIMENTS = 20;
const PLAN: ReplayPlan = { cells: 8, affordable: 20, runs: EXPERIMENTS, seed: 23 };
const PLANTED_DELAY_US = 2_000;

describe('a slowdown planted in real launches, decided by the whole gate', () => {
  it('G23 A/B: 10 % more CPU a request is found, and confirmed on fresh launches, in at least 18 of 20 experiments', () => {
    const { confirmed } = replayCell(storedCell('cpuUsPerRequest'), 0.1, PLAN);
    expect(confirmed).toBeGreaterThanOrEqual(18);
  });

  it('G23 A/B: 2 ms more delay is found in the median latency, in at least 18 of 20 experiments', () => {
    // A delay is the smallest share of the slowest slice.
    const planted = PLANTED_DELAY_US / Math.max(...storedValues('latencyP50Us'));
    expect(replayCell(storedCell('latencyP50Us'), planted, PLAN).confirmed).toBeGreaterThanOrEqual(18);
  });

  it('G23 A/B: where nothing is planted, at most 1 of 20 finds anything', () => {
    for (const metric of ['cpuUsPerRequest', 'latencyP50Us'] as const) {
      expect(replayCell(storedCell(metric), 0, PLAN).red, metric).toBeLessThanOrEqual(1);
    }
  });
});
