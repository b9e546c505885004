import { describe, expect, it } from 'vitest';
import type { CellSummary, MetricSummary } from '../../../harness/model/summary.ts';
import { type BarPicture, drawBars } from '../../../harness/reporters/charts/bars.ts';
import { memoryChart } from '../../../harness/reporters/charts/memory.ts';
import { throughputChart } from '../../../harness/reporters/charts/throughput.ts';
import { cell, metrics, refused, report, scenario, value } from '../fixtures.ts';

const picture: BarPicture = {
  title: 'Throughput',
  subtitle: '',
  metric: 'throughputRps',
  whisker: (summary) => (summary.kind === 'value' ? [summary.min, summary.max] : null),
};

function series(cells: CellSummary[], given: BarPicture = picture): { data: unknown[] }[] {
  const { option } = drawBars(report({ cells, rankings: [] }, { scenarios: [scenario()] }), given);
  return option.series as { data: unknown[] }[];
}

describe('bars', () => {
  it('are as long as the figure, and paler where it is a bound', () => {
    const [bars] = series([cell('tokio', 100), cell('gin', 50, { status: 'limited' })]);
    expect(bars?.data).toMatchObject([
      { value: 100, itemStyle: { color: '#0072B2', opacity: 0.85 } },
      { value: 50, itemStyle: { opacity: 0.35 } },
    ]);
  });

  it('have no length for a row without figures, even where its record holds one', () => {
    const [bars, whiskers] = series([cell('tokio', 100, { status: 'failed' })]);
    expect(bars?.data).toMatchObject([{ value: 0 }]);
    expect(whiskers?.data).toEqual([[0, 0, 0]]);
  });

  it('have whiskers from the low to the high value', () => {
    const [, whiskers] = series([cell('tokio', 100), cell('gin', 50)]);
    expect(whiskers?.data).toEqual([
      [97, 102, 0],
      [48.5, 51, 1],
    ]);
  });

  it('have whiskers without a length where there is no range', () => {
    const [, whiskers] = series([cell('tokio', 100)], { ...picture, whisker: () => null });
    expect(whiskers?.data).toEqual([[100, 100, 0]]);
  });

  it('have whiskers of finite length only', () => {
    const [, whiskers] = series([cell('tokio', 100)], { ...picture, whisker: () => [Number.NaN, Infinity] });
    expect(whiskers?.data).toEqual([[100, 100, 0]]);
  });

  it('are described with their figures and reasons', () => {
    const cells = [cell('tokio', 100), refused('gin', 'failed', [])];
    const { description } = drawBars(report({ cells, rankings: [] }, { scenarios: [scenario()] }), picture);
    expect(description).toBe('Throughput: 1 KB: tokio 100, gin failed');
  });

  it('take more room the more targets there are', () => {
    const height = (count: number): number => {
      const cells = Array.from({ length: count }, (_, index) => cell(`t${index}`, 100));
      return drawBars(report({ cells, rankings: [] }, { scenarios: [scenario()] }), picture).height;
    };
    expect(height(8) - height(4)).toBe(120);
  });
});

describe('the whisker of throughput', () => {
  function widthOf(summary: MetricSummary): number {
    const figures = { ...metrics(100, 1, [1]), throughputRps: summary };
    const svg = throughputChart.render(
      report(
        { cells: [cell('tokio', 100, { metrics: figures })], rankings: [] },
        { scenarios: [scenario()] },
      ),
    );
    const [, from, to] = /<path d="M([\d.]+) [\d.]+L([\d.]+) [\d.]+" [^>]*stroke="#111111"/.exec(svg) ?? [];
    return from === undefined || to === undefined ? 0 : Number(to) - Number(from);
  }

  it('is the interval where there is one', () => {
    const summary = value([90, 100, 110]);
    const narrow = summary.kind === 'value' ? { ...summary, interval: { low: 99, high: 101 } } : summary;
    expect(widthOf(narrow)).toBeGreaterThan(0);
    expect(widthOf(narrow)).toBeLessThan(widthOf(summary) / 5);
  });

  it('is the range over rounds where there is no interval', () => {
    const summary = value([90, 110]);
    expect(summary).toMatchObject({ interval: null });
    expect(widthOf(summary)).toBeGreaterThan(0);
  });

  it('is not there for a single round', () => {
    expect(widthOf(value([100]))).toBe(0);
  });
});

describe('the axis of memory', () => {
  it.each([
    [3 * 2 ** 20, '1 MiB'],
    [32 * 2 ** 20, '8 MiB'],
    [900 * 2 ** 20, '512 MiB'],
  ])('has binary steps for %i bytes', (bytes, mark) => {
    const figures = { ...metrics(100, 1, [1]), memoryRssPeakBytes: value([bytes]) };
    const svg = memoryChart.render(
      report(
        { cells: [cell('tokio', 100, { metrics: figures })], rankings: [] },
        { scenarios: [scenario()] },
      ),
    );
    expect(svg).toContain(`>${mark}</text>`);
  });
});
