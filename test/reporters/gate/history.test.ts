import { describe, expect, it } from 'vitest';
import type { HistoryRow } from '../../../harness/model/gate-history.ts';
import { renderHistoryChart } from '../../../harness/reporters/gate/history-chart.ts';
import { bars, renderHistory } from '../../../harness/reporters/gate/history-text.ts';

function row(change: Partial<HistoryRow> = {}, runs = 12): HistoryRow {
  const numbers = Array.from({ length: runs }, (_, i) => i);
  return {
    targetId: 'server',
    scenarioId: 'small',
    metric: 'cpuUsPerRequest',
    runs: numbers.map((i) => ({
      gateId: `gate-${i}`,
      at: `2026-01-${String(i + 1).padStart(2, '0')}T00:00:00.000Z`,
      gitCommit: `${String(i).padStart(2, '0')}bcdef012345`,
    })),
    values: numbers.map((i) => 50 + i),
    slowdowns: numbers.map((i) => (i < 8 ? 0 : 0.2)),
    change: { gateId: 'gate-8', gitCommit: '08bcdef012345678', slowdown: 0.2 },
    sincePinned: 0.1,
    ...change,
  };
}
/** Texts of a picture, in the order in which they are drawn. */
const texts = (svg: string): string[] =>
  [...svg.matchAll(/<text[^>]*>([^<]+)</g)].map(([, text = '']) => text);

describe('the history on a terminal', () => {
  it('draws the runs from best to worst, and a gap where nothing was measured', () => {
    expect(bars([0, 0.5, 1])).toBe('▁▅█');
    expect(bars([1, 1])).toBe('▁▁');
    expect(bars([0, Number.NaN, 1])).toBe('▁ █');
  });

  it('draws what hardly moves as flat: no mountain of half a percent', () => {
    expect(bars([0, 0.004, 0.001, 0.006])).toBe('▁▁▁▁');
    expect(bars([0, 0.05])).toBe('▁▅');
  });

  it('advises on a change, and how to begin where there is nothing', () => {
    expect(renderHistory([row()])).toContain(
      'advice: server small CPU per request seems to have changed by +20.0 % with gate-8 (08bcdef01234)',
    );
    expect(renderHistory([])).toContain('--init-baseline');
  });

  it.each([1, 9, 20])('keeps within 100 columns with %i runs, whatever the names', (runs) => {
    const rows = [
      row(
        {
          values: Array.from({ length: runs }, () => 1_234_567),
          slowdowns: Array.from({ length: runs }, () => 0),
        },
        runs,
      ),
      row({ targetId: 'x'.repeat(60), scenarioId: 'y'.repeat(60), metric: 'memoryRssMeanBytes' }, runs),
    ];
    const table = renderHistory(rows)
      .split('\n')
      .filter((line) => /^[┌├│└]/.test(line));
    for (const line of table) expect(Array.from(line).length, line).toBeLessThanOrEqual(100);
    expect(table.join('\n')).toMatch(/x{5,}…/);
  });

  it('shows short names whole', () => {
    expect(renderHistory([row({ targetId: 'hyperlane', scenarioId: 'json' })])).toMatch(/hyperlane +│ json /);
  });
});

describe('the history as a picture', () => {
  it('has a panel for each target and scenario, and a line for each metric', () => {
    const rows = [row(), row({ metric: 'throughputRps' }), row({ scenarioId: 'large' })];
    const shown = texts(renderHistoryChart(rows));
    expect(shown.filter((text) => text.startsWith('server, '))).toEqual(['server, small', 'server, large']);
    expect(shown).toEqual(expect.arrayContaining(['CPU per request', 'Throughput', '0 %', '+20 %']));
  });

  it('marks a change with its size, once for all metrics that changed with the same run', () => {
    const same = { gateId: 'gate-8', gitCommit: null, slowdown: 0.15 };
    const both = texts(renderHistoryChart([row(), row({ metric: 'throughputRps', change: same })]));
    expect(both).toContain('+15.0 % to +20.0 %');
    expect(texts(renderHistoryChart([row()]))).toContain('+20.0 %');
    expect(texts(renderHistoryChart([row({ change: null })]))).not.toContain('+20.0 %');
  });

  it('names its runs by their commits, or by their days', () => {
    expect(texts(renderHistoryChart([row()]))).toContain('00bcdef');
    const undated = row({}, 3);
    const days = row({ runs: undated.runs.map((run) => ({ ...run, gitCommit: null })) }, 3);
    expect(texts(renderHistoryChart([{ ...days, slowdowns: [0, 0, 0], change: null }]))).toContain(
      '2026-01-01',
    );
  });

  it('leaves a gap where nothing was measured, and is drawn from one run on', () => {
    expect(() => renderHistoryChart([row({ slowdowns: [0, Number.NaN, 0.1] }, 3)])).not.toThrow();
    expect(renderHistoryChart([row({ slowdowns: [0], change: null }, 1)])).toMatch(/^<svg role="img"/);
    expect(renderHistoryChart([row({ slowdowns: [0, Number.NaN, 0.1] }, 3)])).not.toMatch(/NaN|Infinity/);
  });

  it('is the same for the same runs, on white, and no name becomes markup', () => {
    const hostile = row({ targetId: '<script>&"', scenarioId: '__proto__' });
    const svg = renderHistoryChart([hostile]);
    expect(svg).toBe(renderHistoryChart([structuredClone(hostile)]));
    expect(svg).not.toContain('<script>');
    expect(svg).toMatch(/fill="#ffffff"/);
  });
});
