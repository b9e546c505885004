import { describe, expect, it } from 'vitest';
import type { LoadResult } from '../../../harness/model/load.ts';
import { type PageTrial, pageDataOf } from '../../../harness/reporters/html/page-data.ts';
import { cell, loadResult, none, metrics, percentileCurve, report, trial } from '../fixtures.ts';
import { pageReport } from './fixtures.ts';

function shownTrial(load: LoadResult, copies = 1): PageTrial | undefined {
  const trials = Array.from({ length: copies }, (_, index) => trial(index, 'tokio', 1, { load }));
  return pageDataOf(report({}, { trials }), null).trials[0];
}

function periods(count: number): LoadResult['series'] {
  return Array.from({ length: count }, (_, index) => ({
    tMs: (index + 1) * 100,
    periodMs: 100,
    completed: 10 + (index % 2) * 10,
    failed: 0,
    meanUs: 100 + (index % 2) * 60,
    maxUs: 500,
  }));
}

describe('the series of a trial', () => {
  it('are rates a second and seconds', () => {
    const [first] = shownTrial(loadResult(1, { series: periods(2) }))?.series ?? [];
    expect(first).toEqual([0.1, 100, 100]);
  });

  it('are joined where a page would grow too large, by the responses that they stand for', () => {
    const series = shownTrial(loadResult(1, { series: periods(200) }), 500)?.series ?? [];
    expect(series.length).toBeLessThanOrEqual(24);
    // Nine periods together: five of 10 responses of 100 µs and four of 20 of 160 µs in 0.9 s.
    expect(series[0]?.slice(1)).toEqual([144, 137]);
  });

  it('have no mean where nothing completed, and no rate of a period without a length', () => {
    const empty = [{ tMs: 100, periodMs: 0, completed: 0, failed: 3, meanUs: null, maxUs: null }];
    expect(shownTrial(loadResult(1, { series: empty }))?.series).toEqual([[0.1, 0, null]]);
  });
});

describe('the cells', () => {
  it('carry estimate and interval for the comparison', () => {
    const [shown] = pageDataOf(report({ cells: [cell('a', 100)] }), null).cells;
    expect(shown?.figures.throughputRps).toEqual({ text: '100 ±2.5 %', estimate: 100, low: 97, high: 102 });
  });

  it('leave out figures that do not exist', () => {
    const figures = { ...metrics(100, 1, [1]), latencyP99Us: none('needs 662 samples') };
    const [shown] = pageDataOf(report({ cells: [cell('a', 100, { metrics: figures })] }), null).cells;
    expect(shown?.figures.latencyP99Us).toBeUndefined();
    expect(shown?.figures.throughputRps).toMatchObject({ low: null, high: null });
  });

  it('have a curve of few points that keeps its ends', () => {
    const curve = percentileCurve(100, 2);
    const fine = {
      ...curve,
      points: curve.points.flatMap((point) => Array.from({ length: 30 }, () => point)),
    };
    const [shown] = pageDataOf(report({ cells: [{ ...cell('a', 100), percentileCurve: fine }] }), null).cells;
    expect(shown?.curve.length).toBeLessThanOrEqual(121);
    expect(shown?.curve[0]).toEqual([0, 60]);
  });

  it('without a distribution have the percentiles of their table', () => {
    const { percentileCurve: _, ...without } = cell('a', 1_000);
    const [shown] = pageDataOf(report({ cells: [without] }), null).cells;
    expect(shown?.curve.map(([nines]) => nines)).toEqual([0.301, 1, 2, 3]);
  });
});

describe('a second session', () => {
  it('stands in the data with all that the first has, and brings none of its own', () => {
    const data = pageDataOf(pageReport('a'), pageReport('b'));
    expect(data.other?.session.id).toBe('b');
    expect(data.other?.cells).toEqual(data.cells);
    expect(data.other?.other).toBeNull();
  });
});

describe('what a page does not hold', () => {
  it('is any argument, environment or log line beyond what the tables show', () => {
    const given = pageReport();
    const text = JSON.stringify(pageDataOf(given, null));
    expect(text).not.toContain('out of luck');
    expect(text).not.toContain(given.session.environment.cpuModel);
  });
});
