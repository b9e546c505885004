import { describe, expect, it } from 'vitest';
import { confirmReds } from '../../../harness/analysis/gate/confirm.ts';
import { judgeSentinel } from '../../../harness/analysis/gate/sentinel.ts';
import { simulateLaunches } from '../support/gate-simulation.ts';

const fresh = (seed: number, slowdown: number, count = 12): number[] =>
  simulateLaunches(seed, count, 'cpuUsPerRequest', slowdown).map(({ d }) => d ?? Number.NaN);

describe('the confirmation of red cells', () => {
  it('repeats what is there and drops what is not, each on its own launches', () => {
    const reds = [0.1, 0, 0.12].map((slowdown, i) => ({ fresh: fresh(i + 1, slowdown), d0: 0.02 }));
    expect(confirmReds(reds)).toEqual([true, false, true]);
    expect(confirmReds([])).toEqual([]);
  });

  it('confirms nothing before its first look', () => {
    expect(confirmReds([{ fresh: fresh(1, 0.2, 7), d0: 0.02 }])).toEqual([false]);
    expect(confirmReds([{ fresh: fresh(1, 0.2, 8), d0: 0.02 }])).toEqual([true]);
  });

  it('lets at most 5 % of confirmations repeat a false red, however many there are', () => {
    const falseAlarms = Array.from({ length: 300 }, (_, run) =>
      // The hardest case for a false alarm: the truth lies exactly on the edge of the zone.
      confirmReds([1, 2, 3].map((cell) => ({ fresh: fresh(run * 10 + cell, 0.02), d0: 0.02 }))),
    ).filter((confirmed) => confirmed.includes(true)).length;
    expect(falseAlarms).toBeLessThanOrEqual(15 + 2 * Math.sqrt(300 * 0.05 * 0.95));
  });

  it('catches a regression of 10 % again in at least 99 % of runs', () => {
    const caught = Array.from({ length: 300 }, (_, run) =>
      confirmReds([{ fresh: fresh(run + 1, 0.1), d0: 0.02 }]),
    ).filter(([confirmed]) => confirmed).length;
    expect(caught).toBeGreaterThanOrEqual(297);
  });
});

describe('the sentinel', () => {
  it('is clean for a server against itself in at least 99 of 100 runs', () => {
    const contaminated = Array.from({ length: 300 }, (_, run) =>
      judgeSentinel(fresh(run + 1, 0, 24), 0.02),
    ).filter(({ kind }) => kind === 'contaminated');
    expect(contaminated.length).toBeLessThanOrEqual(3);
  });

  it.each([0.08, -0.08])('is contaminated by a bias of %f, in either direction', (bias) => {
    expect(judgeSentinel(fresh(1, bias, 24), 0.02)).toMatchObject({
      kind: 'contaminated',
      why: expect.stringMatching(/^the reference server differs from itself by .* beyond 2\.0 %$/),
    });
  });

  it('says when there are too few launches to tell', () => {
    expect(judgeSentinel(fresh(1, 0, 5), 0.02)).toMatchObject({ kind: 'too-few' });
    expect(judgeSentinel([], 0.02)).toMatchObject({ kind: 'too-few' });
  });
});
