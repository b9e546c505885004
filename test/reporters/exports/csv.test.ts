import { describe, expect, it } from 'vitest';
import { METRIC_IDS } from '../../../harness/model/metric.ts';
import { csvField, renderCsv } from '../../../harness/reporters/exports/csv.ts';
import { cell, metrics, report, value } from '../fixtures.ts';

/** Fields of RFC 4180 text, read by the grammar of that document. */
function parse(text: string): string[][] {
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  const rows: string[][] = [[]];
  for (const [, quoted, bare, end] of text.matchAll(field)) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? bare ?? '');
    if (end !== ',') rows.push([]);
  }
  rows.pop();
  return rows;
}

describe('the CSV export', () => {
  it('has one row a metric of a cell, all of the same width', () => {
    const rows = parse(renderCsv(report()));
    expect(rows).toHaveLength(1 + report().summary.cells.length * METRIC_IDS.length);
    expect(new Set(rows.map((row) => row.length))).toEqual(new Set([18]));
  });

  it('gives figures in full precision with interval, range and rounds', () => {
    const row = parse(renderCsv(report())).find((one) => one[1] === 'tokio' && one[7] === 'throughputRps');
    expect(row?.slice(3)).toEqual([
      'valid',
      '3',
      '3',
      '',
      'throughputRps',
      'req/s',
      'higher',
      '147000',
      '142590',
      '149940',
      '142590',
      '149940',
      '0.025',
      '3',
      '',
    ]);
  });

  it('leaves a figure that does not exist empty and says why', () => {
    const row = parse(renderCsv(report())).find((one) => one[1] === 'gin' && one[7] === 'throughputRps');
    expect(row?.slice(10)).toEqual(['', '', '', '', '', '', '0', 'every trial is failed']);
  });

  it('P1 publishes nothing of an invalid cell, even where its record holds figures', () => {
    const text = renderCsv(report({ cells: [cell('gin', 147_000, { status: 'invalid' })] }));
    expect(text).not.toContain('147000');
    expect(text).toContain(',the cell is invalid');
  });

  it('writes no NaN', () => {
    const figures = { ...metrics(1, 1, [1]), cpuPercent: value([Number.NaN]) };
    expect(renderCsv(report({ cells: [cell('odd', 1, { metrics: figures })] }))).not.toContain('NaN');
  });

  it.each(['=cmd()', '+1+1', '-2+3', '@SUM(A1)', '\t=1', '\r=1', ' =1'])(
    'S8 makes the formula %j text',
    (text) => {
      expect(csvField(text)).toMatch(/^'/);
    },
  );

  it('S8 quotes what would break a row, and leaves numbers numbers', () => {
    expect(csvField('a,"b"\nc')).toBe('"a,""b"" c"');
    expect(csvField(-5)).toBe('-5');
    expect(csvField(null)).toBe('');
    expect(csvField(Number.NaN)).toBe('');
  });
});
