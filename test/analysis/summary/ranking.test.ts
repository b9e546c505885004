import { describe, expect, it } from 'vitest';
import { type RankedTarget, rankGroups } from '../../../harness/analysis/summary/ranking.ts';
import { normal, sample } from '../support/random-variates.ts';

const target = (targetId: string, values: readonly number[]): RankedTarget => ({
  targetId,
  estimate: values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0,
  byRound: new Map(values.map((value, round) => [round, value])),
});

/** `n` targets of these true speeds over five rounds, 3 % noise of their own, 20 % noise that a round shares. */
function simulate(seed: number, truths: readonly number[], rounds = 5): RankedTarget[] {
  const shared = sample(rounds, seed, (random) => Math.exp(0.2 * normal(random)));
  return truths.map((truth, i) =>
    target(
      `t${i}`,
      sample(
        rounds,
        seed * 1_000 + i,
        (random, round) => truth * (shared[round] ?? 1) * Math.exp(0.03 * normal(random)),
      ),
    ),
  );
}

describe('ranking groups', () => {
  it('puts everyone in one group where rounds are too few', () => {
    expect(rankGroups([target('a', [1, 1]), target('b', [9, 9])], 'throughputRps')).toEqual([['b', 'a']]);
  });

  it('ranks a cost from its lowest value', () => {
    const groups = rankGroups(
      [target('dear', [9, 9.1, 9.2]), target('cheap', [1, 1.1, 1])],
      'cpuUsPerRequest',
    );
    expect(groups).toEqual([['cheap'], ['dear']]);
  });

  it('pairs by round: a busy round disturbs both and their ratio not at all', () => {
    const a = target('a', [100, 50, 80, 120, 60]);
    const b = target('b', [110, 55.2, 88.1, 131.5, 66]);
    expect(rankGroups([a, b], 'throughputRps')).toEqual([['b'], ['a']]);
  });

  it('draws a boundary only where everyone above beats everyone below', () => {
    // The middle target cannot be told from either side, so neither can a boundary be drawn through it.
    const groups = rankGroups(
      [
        target('top', [110, 110.5, 111, 110.2, 110.7]),
        target('wild', [95, 120, 99, 118, 104]),
        target('low', [100, 100.4, 100.9, 100.1, 100.6]),
      ],
      'throughputRps',
    );
    expect(groups).toHaveLength(1);
  });

  it('draws no boundary between two neighbours that a third target further down overlaps', () => {
    const top = target('top', [110, 110.5, 111, 110.2, 110.7]);
    const low = target('low', [100, 100.4, 100.9, 100.1, 100.6]);
    const wild = target('wild', [80, 125, 90, 122, 98]);
    expect(rankGroups([low, top], 'throughputRps')).toEqual([['top'], ['low']]);
    expect(rankGroups([wild, low, top], 'throughputRps')).toEqual([['top', 'low', 'wild']]);
  });

  it('G22: equal targets are called different in at most 1 of 20 rankings', () => {
    const split = Array.from({ length: 200 }, (_, seed) =>
      rankGroups(simulate(seed + 1, [100, 100, 100, 100]), 'throughputRps'),
    ).filter((groups) => groups.length > 1);
    expect(split.length).toBeLessThanOrEqual(10);
  });

  it('tells targets apart that differ by a factor', () => {
    const found = Array.from({ length: 50 }, (_, seed) =>
      rankGroups(simulate(seed + 1, [100, 150, 225]), 'throughputRps'),
    ).filter((groups) => JSON.stringify(groups) === '[["t2"],["t1"],["t0"]]');
    expect(found.length).toBeGreaterThanOrEqual(48);
  });
});
