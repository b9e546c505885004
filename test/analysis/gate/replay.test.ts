import { describe, expect, it } from 'vitest';
import { changePointOf } from '../../../harness/analysis/gate/change-point.ts';
import { zoneOf } from '../../../harness/analysis/gate/profile.ts';
import {
  affordableLaunches,
  decidedAfter,
  replayAnyRed,
  replayCell,
  type ReplayPlan,
  type StoredCell,
} from '../../../harness/analysis/gate/replay.ts';
import { seededRandom } from '../../../harness/base/random.ts';
import { simulateLaunches } from '../support/gate-simulation.ts';

const metric = 'cpuUsPerRequest';
const cell: StoredCell = {
  launches: simulateLaunches(3, 40, metric, 0),
  metric,
  zone: zoneOf(metric, 'default', 2),
};
const plan: ReplayPlan = { cells: 12, affordable: 24, runs: 100, seed: 1 };

describe('replaying stored launches', () => {
  it('turns red by what is planted, and not by what was stored', () => {
    expect(replayCell(cell, 0, plan).red).toBe(0);
    expect(replayCell(cell, 0.1, plan).confirmed).toBeGreaterThanOrEqual(98);
  });

  it('rises with the injection', () => {
    const reds = [0, 0.03, 0.06, 0.1].map((injection) => replayCell(cell, injection, plan).red);
    expect(reds).toEqual(reds.toSorted((a, b) => a - b));
    expect(reds.at(-1)).toBeGreaterThan(reds[0] ?? 0);
  });

  it('is repeatable, and counts every run once', () => {
    const counts = replayCell(cell, 0.05, plan);
    expect(counts).toEqual(replayCell(cell, 0.05, plan));
    expect(counts.red + counts.pass + counts.inconclusive).toBe(plan.runs);
    expect(counts.confirmed).toBeLessThanOrEqual(counts.red);
  });

  it('looks at no more launches than the budget pays for', () => {
    // Eight launches can reject at 2^-8 at best: with twelve cells no look that early may turn red.
    expect(replayCell(cell, 0.25, { ...plan, affordable: 8 })).toMatchObject({ red: 0, pass: 0 });
    expect(replayCell(cell, 0.25, { ...plan, affordable: 12 }).red).toBe(plan.runs);
  });

  it('looks at as many in each run as its own budget pays for', () => {
    const affordable = Array.from({ length: plan.runs }, (_, run) => (run % 2 === 0 ? 8 : 12));
    expect(replayCell(cell, 0.25, { ...plan, affordable }).red).toBe(plan.runs / 2);
  });

  it('tells after how many launches all cells of a scenario are decided, each at one of the looks', () => {
    const alone = decidedAfter([cell], plan);
    const noisy = {
      ...cell,
      launches: cell.launches.map((launch, i) => ({ ...launch, d: (i % 2 === 0 ? 1 : -1) * 0.2 })),
    };
    expect(alone).toHaveLength(plan.runs);
    expect(new Set(alone).size).toBeLessThanOrEqual(5);
    expect(alone[0]).toBeLessThan(24);
    const both = decidedAfter([cell, noisy], plan);
    expect(both.every((launches, run) => launches >= (alone[run] ?? 0))).toBe(true);
    expect(both).toContain(24);
  });

  it('keeps launches that were disturbed whole: with too many of them nothing is decided', () => {
    const disturbed = cell.launches.map((launch, i) =>
      i % 2 === 0 ? launch : { ...launch, d: null, dropped: { pairs: 4, base: 4, head: 4 } },
    );
    expect(replayCell({ ...cell, launches: disturbed }, 0.25, plan)).toMatchObject({
      red: 0,
      inconclusive: plan.runs,
    });
  });

  it('takes launches either way round: a bias of the stored run makes no regression', () => {
    const biased = { ...cell, launches: simulateLaunches(3, 40, metric, 0.04) };
    expect(replayCell(biased, 0, plan).red).toBe(0);
  });

  it('plants a slowdown of a metric where more is better as less of it', () => {
    const pace = 'throughputRps';
    const stored = {
      metric: pace,
      zone: zoneOf(pace, 'default', 2),
      launches: simulateLaunches(3, 40, pace, 0),
    };
    expect(replayCell({ ...stored, metric: pace }, 0.6, plan).red).toBe(plan.runs);
  });

  it('counts a run as red once, however many of its cells are, and sees every cell', () => {
    // No zone and all the error there is: some runs turn red by chance.
    const eager = { ...cell, zone: { ...cell.zone, d0: 0, d1: 1e-6, floor: 0 } };
    const wild = { ...plan, cells: 0.02 };
    const reds = replayAnyRed([eager], wild);
    expect(reds).toBeGreaterThan(0);
    expect(reds).toBeLessThan(plan.runs);
    expect(replayAnyRed([eager, eager], wild)).toBe(reds);
    expect(replayAnyRed([cell, eager], wild)).toBe(reds);
  });
});

describe('the launches that a budget pays for', () => {
  const costs = { budgetMs: 100, launchMs: 4, scenarioMs: 6, others: [] };

  it('are begun as long as it is not spent', () => {
    expect(affordableLaunches(costs)).toBe(11);
    expect(affordableLaunches({ ...costs, budgetMs: 99 })).toBe(10);
    expect(affordableLaunches({ ...costs, budgetMs: 0 })).toBe(1);
  });

  it('are never more than the last look', () => {
    expect(affordableLaunches({ ...costs, budgetMs: 1e6 })).toBe(24);
  });

  it('are more once other scenarios are closed', () => {
    const open = { ...costs, budgetMs: 200, others: [{ ms: 10, closedAfter: 24 }] };
    expect(affordableLaunches(open)).toBe(11);
    // Eight launches at 20 ms leave 40 for four at 10, and one more may begin.
    expect(affordableLaunches({ ...open, others: [{ ms: 10, closedAfter: 8 }] })).toBe(13);
    expect(affordableLaunches({ ...open, others: [{ ms: 10, closedAfter: 0 }] })).toBe(21);
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
