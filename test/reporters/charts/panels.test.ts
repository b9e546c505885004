import { describe, expect, it } from 'vitest';
import {
  type Panel,
  publishedCells,
  shownTargets,
  stackPanels,
  targetLine,
} from '../../../harness/reporters/charts/panels.ts';
import { cell, refused, report, scenario } from '../fixtures.ts';

const frame = { title: 'Title', subtitle: 'Sub', description: 'What it shows' };

function panel(names: string[], height = 100): Panel {
  return {
    title: names.join(' '),
    height,
    xAxis: { type: 'value' },
    yAxis: { type: 'value' },
    series: names.map((name) => ({ type: 'line', name, data: [[0, 1]] })),
  };
}

describe('stacked panels', () => {
  it('stand below each other without touching', () => {
    const { option, height } = stackPanels(frame, [panel(['a'], 100), panel(['a'], 150)]);
    const grids = option.grid as { top: number; height: number }[];
    const [first, second] = grids;
    expect(second?.top).toBeGreaterThan((first?.top ?? 0) + (first?.height ?? 0) + 40);
    expect(height).toBeGreaterThan((second?.top ?? 0) + 150);
  });

  it('tie each series to the axes of its panel', () => {
    const { option } = stackPanels(frame, [panel(['a', 'b']), panel(['c'])]);
    expect(option.series).toMatchObject([
      { name: 'a', xAxisIndex: 0, yAxisIndex: 0 },
      { name: 'b', xAxisIndex: 0, yAxisIndex: 0 },
      { name: 'c', xAxisIndex: 1, yAxisIndex: 1 },
    ]);
  });

  it('share one legend that names each series once, and only those that are drawn', () => {
    const { option } = stackPanels(frame, [panel(['a', 'b']), panel(['b', 'c'])]);
    expect(option.legend).toMatchObject({ data: ['a', 'b', 'c'] });
    const unnamed: Panel = { ...panel([]), series: [{ type: 'line', data: [] }] };
    expect(stackPanels(frame, [unnamed]).option.legend).toMatchObject({ data: [] });
  });

  it('make room for as many rows as the legend wraps into', () => {
    const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `target-${index}`);
    const heights = [0, 4, 12, 40].map((count) => stackPanels(frame, [panel(names(count))]).height);
    expect(heights).toEqual(heights.toSorted((a, b) => a - b));
    expect(new Set(heights).size).toBe(4);
  });

  it('describe themselves in plain text', () => {
    expect(stackPanels({ ...frame, description: 'a\u001b[2Jb' }, []).description).toBe('ab');
  });
});

describe('the cells that a picture shows', () => {
  const cells = [
    cell('gin', 1),
    cell('tokio', 2),
    refused('hyperlane', 'failed', []),
    cell('node-http', 3, { status: 'limited' }),
  ];

  it('are those that publish figures, in the order of the session, so that colours stay', () => {
    const shown = publishedCells(report({ cells }), scenario());
    expect(shown.map(({ targetId }) => targetId)).toEqual(['tokio', 'node-http', 'gin']);
  });

  it('name each target once over all scenarios', () => {
    const both = [...cells, cell('tokio', 2, { scenarioId: '1mb' })];
    expect(shownTargets(report({ cells: both }))).toEqual(['tokio', 'node-http', 'gin']);
  });
});

describe('a line', () => {
  it('has the look of its target', () => {
    const [first, second] = ['tokio', 'hyperlane'].map((id) => targetLine(report(), id, []));
    expect(first).toMatchObject({ name: 'tokio', lineStyle: { color: '#0072B2', type: 'solid' } });
    expect(second).toMatchObject({ name: 'hyperlane', lineStyle: { color: '#D55E00' } });
  });
});
