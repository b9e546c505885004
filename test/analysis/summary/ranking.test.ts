import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../harness/base/random.ts';
import { type RankedTarget, rankPlaces } from '../../../harness/analysis/summary/ranking.ts';
import type { RankedPlace } from '../../../harness/model/summary.ts';
import { normal } from '../support/random-variates.ts';

const target = (targetId: string, values: readonly number[]): RankedTarget => ({
  targetId,
  estimate: values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0,
  byRound: new Map(values.map((value, round) => [round, value])),
});

const shown = (places: readonly RankedPlace[]): string =>
  places.map(({ targetId, from, to }) => `${targetId} ${from}-${to}`).join(', ');

describe('places in a ranking', () => {
  it('are all open where rounds are too few', () => {
    expect(shown(rankPlaces([target('a', [1]), target('b', [9])], 'throughputRps'))).toBe('b 1-2, a 1-2');
  });

  it('count a cost from its lowest value', () => {
    const places = rankPlaces(
      [target('dear', [9, 9.1, 9.2]), target('cheap', [1, 1.1, 1])],
      'cpuUsPerRequest',
    );
    expect(places).toEqual([
      { targetId: 'cheap', from: 1, to: 1, aheadOf: ['dear'] },
      { targetId: 'dear', from: 2, to: 2, aheadOf: [] },
    ]);
  });

  it('pair by round: a busy round disturbs both and their ratio not at all', () => {
    const a = target('a', [100, 50, 80, 120, 60]);
    const b = target('b', [110, 55.2, 88.1, 131.5, 66]);
    expect(shown(rankPlaces([a, b], 'throughputRps'))).toBe('b 1-1, a 2-2');
  });

  it('overlap with one that scatters, which takes no place from those it stands between', () => {
    const top = target('top', [110, 110.5, 111, 110.2, 110.7]);
    const wild = target('wild', [95, 120, 99, 118, 104]);
    const low = target('low', [95, 95.4, 95.9, 95.1, 95.6]);
    const places = rankPlaces([low, wild, top], 'throughputRps');
    expect(places.find(({ targetId }) => targetId === 'top')?.aheadOf).toEqual(['low']);
    expect(shown(places)).toBe('top 1-2, wild 1-3, low 2-3');
  });

  it('leave values without a logarithm out', () => {
    const places = rankPlaces([target('dead', [0, 0, 0]), target('alive', [1, 1.1, 1])], 'throughputRps');
    expect(shown(places)).toBe('alive 1-2, dead 1-2');
  });

  it('are shared by any two that are not told apart, in every ranking', () => {
    const random = seededRandom(3);
    for (let session = 0; session < 200; session++) {
      const targets = Array.from({ length: 6 }, (_, i) =>
        target(
          `t${i}`,
          Array.from({ length: 4 }, () => (100 + 12 * i) * Math.exp(0.01 * (i + 1) * normal(random))),
        ),
      );
      const places = rankPlaces(targets, 'throughputRps');
      for (const a of places) {
        for (const b of places.filter(({ targetId }) => targetId !== a.targetId)) {
          const apart = a.aheadOf.includes(b.targetId) || b.aheadOf.includes(a.targetId);
          const overlap = a.from <= b.to && b.from <= a.to;
          expect(apart || overlap, `${a.targetId} and ${b.targetId}`).toBe(true);
        }
      }
    }
  });

  it('hold the true place of every target at once in 19 of 20 sessions', () => {
    const random = seededRandom(11);
    const truths = [100, 104, 108, 150, 155, 300];
    const sessions = 300;
    let missed = 0;
    for (let session = 0; session < sessions; session++) {
      const targets = truths.map((truth, i) =>
        target(
          `t${i}`,
          Array.from({ length: 5 }, () => truth * Math.exp(0.04 * normal(random))),
        ),
      );
      const places = rankPlaces(targets, 'throughputRps');
      const held = places.every(({ targetId, from, to }) => {
        const truePlace = truths.length - Number(targetId.slice(1));
        return from <= truePlace && truePlace <= to;
      });
      if (!held) missed++;
    }
    expect(missed).toBeLessThanOrEqual(0.05 * sessions);
  });
});
