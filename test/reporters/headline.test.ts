import { describe, expect, it } from 'vitest';
import type { CellSummary, Ranking } from '../../harness/model/summary.ts';
import { headlineOf, listOf, throughputRatio } from '../../harness/reporters/headline.ts';
import { cell, inGroups, metrics, refused, report, scenario } from './fixtures.ts';

function headline(cells: CellSummary[], groups: string[][]): string {
  const rankings: Ranking[] = [{ scenarioId: '1kb', metric: 'throughputRps', places: inGroups(groups) }];
  return headlineOf(report({ cells, rankings }), scenario());
}

const oneRound = (targetId: string, rps: number): CellSummary =>
  cell(targetId, rps, { metrics: metrics(rps, 1_024, [1]), trialsValid: 1 });

const narrow = (id: string, rps: number): CellSummary =>
  cell(id, rps, { metrics: metrics(rps, 1_024, [0.999, 1, 1.001]) });

describe('the headline', () => {
  it('compares the fastest with the slowest, and names who stands with the fastest', () => {
    const cells = [cell('c', 50), cell('a', 100), cell('b', 101)];
    expect(headline(cells, [['b', 'a'], ['c']])).toBe(
      'b serves 1 KB 2.0x as fast as c (1.9–2.2); a and b cannot be told apart.',
    );
  });

  it('needs no more digits than its interval carries, and more where it is narrow', () => {
    expect(headline([narrow('a', 110), narrow('b', 100)], [['a'], ['b']])).toBe(
      'a serves 1 KB 1.10x as fast as b (1.09–1.11).',
    );
  });

  it('claims a difference but no factor where an interval is missing', () => {
    expect(headline([oneRound('a', 100), oneRound('b', 50)], [['a'], ['b']])).toBe(
      'a serves 1 KB faster than b.',
    );
  });

  it('takes the ratio that was made for the pair where there is one', () => {
    const ratios = [{ better: 'a', worse: 'b', estimate: 1.93, low: 1.84, high: 2.02 }];
    const rankings: Ranking[] = [
      { scenarioId: '1kb', metric: 'throughputRps', places: inGroups([['a'], ['b']]), ratios },
    ];
    const cells = [oneRound('a', 200), oneRound('b', 100)];
    expect(headlineOf(report({ cells, rankings }), scenario())).toBe(
      'a serves 1 KB 1.9x as fast as b (1.8–2.1).',
    );
  });

  it('sets the fastest that is proven faster than any against the slowest of those', () => {
    // b scatters: it may be anywhere, and so nothing is claimed of it but that it may be the fastest.
    const places = [
      { targetId: 'b', from: 1, to: 4, aheadOf: [] },
      { targetId: 'a', from: 1, to: 2, aheadOf: ['c', 'd'] },
      { targetId: 'c', from: 2, to: 4, aheadOf: [] },
      { targetId: 'd', from: 2, to: 4, aheadOf: [] },
    ];
    const rankings: Ranking[] = [{ scenarioId: '1kb', metric: 'throughputRps', places }];
    const cells = [narrow('a', 100), cell('b', 120), narrow('c', 60), narrow('d', 50)];
    expect(headlineOf(report({ cells, rankings }), scenario())).toBe(
      'a serves 1 KB 2.00x as fast as d (1.99–2.01); a and b cannot be told apart.',
    );
  });

  it('shows an interval above 1 as above 1, however little', () => {
    const factorOf = (low: number, estimate: number, high: number): string => {
      const ratios = [{ better: 'a', worse: 'b', estimate, low, high }];
      const rankings: Ranking[] = [
        { scenarioId: '1kb', metric: 'throughputRps', places: inGroups([['a'], ['b']]), ratios },
      ];
      return headlineOf(report({ cells: [cell('a', 110), cell('b', 100)], rankings }), scenario());
    };
    expect(factorOf(1.03, 1.1, 1.17)).toBe('a serves 1 KB 1.10x as fast as b (1.03–1.17).');
    expect(factorOf(1.002, 1.01, 1.02)).toBe('a serves 1 KB 1.010x as fast as b (1.002–1.020).');
    expect(factorOf(1.4, 2.6, 3.9)).toBe('a serves 1 KB 2.6x as fast as b (1.4–3.9).');
  });

  it('writes a large factor without the digits that it does not have', () => {
    const ratios = [{ better: 'a', worse: 'b', estimate: 15.42, low: 11.9, high: 20.01 }];
    const rankings: Ranking[] = [
      { scenarioId: '1kb', metric: 'throughputRps', places: inGroups([['a'], ['b']]), ratios },
    ];
    expect(headlineOf(report({ cells: [cell('a', 1_542), cell('b', 100)], rankings }), scenario())).toBe(
      'a serves 1 KB 15x as fast as b (11–21).',
    );
  });

  it('claims nothing between targets of one group', () => {
    expect(headline([cell('a', 100), cell('b', 50)], [['a', 'b']])).toBe(
      '1 KB: a and b cannot be told apart in 3 rounds.',
    );
  });

  it('leaves cells out that are not valid, even where a ranking names them', () => {
    const cells = [cell('a', 100), cell('b', 50), cell('x', 900, { status: 'limited' })];
    expect(headline(cells, [['x'], ['a'], ['b']])).toMatch(/^a serves 1 KB 2\.0x as fast as b/);
  });

  it('names who reached the limit of the driver: no ranking holds them, and they may be the fastest', () => {
    const bound = (id: string): CellSummary => cell(id, 900, { status: 'limited' });
    expect(headline([cell('a', 100), cell('b', 50), bound('y'), bound('x')], [['a', 'b']])).toBe(
      '1 KB: a and b cannot be told apart in 3 rounds; not ranked, because the driver or the machine was the limit: x and y.',
    );
    expect(headline([bound('x')], [])).toBe('1 KB: no target has a valid figure (1 limited).');
  });

  it('states the lone valid figure with its interval', () => {
    expect(headline([cell('a', 100_000), refused('b', 'failed', [])], [['a']])).toBe(
      '1 KB: a answers 100,000 requests a second (97,000–102,000); no other valid figure stands beside it.',
    );
  });

  it('says that there is no figure, and how the cells ended', () => {
    const cells = [refused('a', 'failed', []), refused('b', 'invalid', []), refused('c', 'failed', [])];
    expect(headline(cells, [])).toBe('1 KB: no target has a valid figure (2 failed, 1 invalid).');
    expect(headline([], [])).toBe('1 KB: no target has a valid figure.');
  });

  it('ranks nothing without a ranking', () => {
    expect(headline([cell('a', 100), cell('b', 50)], [])).toBe('1 KB: a and b are not ranked.');
  });
});

describe('a ratio', () => {
  it('divides the far ends of the intervals', () => {
    const ratio = throughputRatio(cell('a', 200), cell('b', 100));
    expect(ratio?.estimate).toBeCloseTo(2, 10);
    expect(ratio?.low).toBeCloseTo(194 / 102, 10);
    expect(ratio?.high).toBeCloseTo(204 / 97, 10);
  });

  it('does not exist without two intervals, or over zero', () => {
    expect(throughputRatio(cell('a', 200), oneRound('b', 100))).toBeNull();
    expect(throughputRatio(refused('a', 'failed', []), cell('b', 100))).toBeNull();
    expect(throughputRatio(cell('a', 200), cell('b', 0))).toBeNull();
  });
});

describe('a list', () => {
  it('reads as a sentence does', () => {
    expect([listOf([]), listOf(['a']), listOf(['a', 'b']), listOf(['a', 'b', 'c'])]).toEqual([
      '',
      'a',
      'a and b',
      'a, b and c',
    ]);
  });
});
