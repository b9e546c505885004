import { describe, expect, it } from 'vitest';
import { changePointOf } from '../../../harness/analysis/gate/change-point.ts';
import { zoneOf } from '../../../harness/analysis/gate/profile.ts';
import { replayGate, type ReplayInput, replayUsualRules } from '../../../harness/analysis/gate/replay.ts';
import { seededRandom } from '../../../harness/base/random.ts';
import { simulateLaunches } from '../support/gate-simulation.ts';

const metric = 'cpuUsPerRequest';
const input = (injection: number): ReplayInput => ({
  launches: simulateLaunches(3, 40, metric, 0),
  metric,
  zone: zoneOf(metric, 'default', 2),
  cells: 12,
  injection,
  runs: 100,
  seed: 1,
});

describe('replaying stored launches', () => {
  it('turns red by what is planted, and not by what was stored', () => {
    expect(replayGate(input(0)).red).toBe(0);
    expect(replayGate(input(0.1)).confirmed).toBeGreaterThanOrEqual(0.98);
  });

  it('rises with the injection', () => {
    const reds = [0, 0.03, 0.06, 0.1].map((injection) => replayGate(input(injection)).red);
    expect(reds).toEqual(reds.toSorted((a, b) => a - b));
  });

  it('is repeatable, and its shares are of all runs', () => {
    const shares = replayGate(input(0.05));
    expect(shares).toEqual(replayGate(input(0.05)));
    expect(shares.red + shares.pass + shares.inconclusive).toBeCloseTo(1, 10);
  });

  it('shows what the usual rules make of a machine that drifts', () => {
    // The simulated machine drifts by 30 %: one value against a stored one is a lottery.
    const usual = replayUsualRules(input(0));
    expect(usual.lastValuePlusTenth).toBeGreaterThan(0.1);
    expect(usual.sequentialMannWhitney).toBeGreaterThan(0.1);
    expect(replayUsualRules({ ...input(0), launches: [] }).lastValuePlusTenth).toBeNaN();
  });
});

describe('the change-point search', () => {
  const random = seededRandom(5);
  const noise = (): number => random.next() - 0.5;

  it('finds where a level moved', () => {
    const series = [
      ...Array.from({ length: 10 }, () => noise()),
      ...Array.from({ length: 10 }, () => 3 + noise()),
    ];
    expect(changePointOf(series)).toMatchObject({ at: 10 });
    expect(changePointOf(series)?.p).toBeLessThan(0.01);
  });

  it('sees no change in noise more often than chance allows', () => {
    const found = Array.from({ length: 200 }, () => changePointOf(Array.from({ length: 20 }, noise))).filter(
      (change) => change !== null && change.p < 0.05,
    );
    expect(found.length).toBeLessThanOrEqual(16);
  });

  it('asks for eight values', () => {
    expect(changePointOf([0, 0, 0, 9, 9, 9, 9])).toBeNull();
  });
});
