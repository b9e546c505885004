import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { HarnessError } from '../../harness/base/errors.ts';
import { parseYaml } from '../../harness/base/yaml.ts';
import { type Claims, claimsSchema, publishedFigure } from '../../harness/model/claims.ts';
import { repository } from '../support/source-tree.ts';

const complete = `
id: someone
source:
  name: Someone
  url: https://example.org/table
  date: 2025-06
  conditions: [64 connections]
tables:
  - title: Small
    scenario: 1kb
    connections: 64
    bodyBytes: 1024
    columns:
      - { metric: throughputRps, unit: req/s }
      - { metric: latencyP99Us, unit: µs }
    rows:
      - { target: a, name: A, figures: [1200.5, 800] }
      - { target: b, name: B, figures: [900, 1.25 ms] }
      - { target: c, name: C, figures: [800, null] }
`;

const parse = (text: string): Claims => parseYaml(claimsSchema, text, 'someone.yaml');

function problem(from: string | RegExp, to: string): string {
  const text = complete.replace(from, to);
  expect(text).not.toBe(complete);
  try {
    parse(text);
  } catch (error) {
    if (error instanceof HarnessError) return error.message;
  }
  return 'accepted';
}

/** Every figure of the first table's column. */
function figuresOf({ tables: [table] }: Claims, column: number): unknown[] {
  const found = table?.columns[column];
  if (table === undefined || found === undefined) return [];
  return table.rows.map((row) => publishedFigure(row, table, found));
}

describe('a file of claims', () => {
  it('gives figures in the unit of their metric, with what rounding may hide', () => {
    expect(figuresOf(parse(complete), 0)).toEqual([
      { value: 1_200.5, resolution: 0.05 },
      { value: 900, resolution: 0.5 },
      { value: 800, resolution: 0.5 },
    ]);
  });

  it('reads a figure that has a unit of its own, and none where the source has none', () => {
    const [plain, own, none] = figuresOf(parse(complete), 1);
    expect(plain).toEqual({ value: 800, resolution: 0.5 });
    expect(own).toEqual({ value: 1_250, resolution: 5 });
    expect(none).toBeNull();
  });

  it.each([
    ['GB/s', 2e9],
    ['GiB/s', 2 * 2 ** 30],
    ['MB/s', 2e6],
  ])('knows 2 %s as %d bytes a second', (unit, value) => {
    const text = complete
      .replace('latencyP99Us, unit: µs', `bandwidthBytesPerSec, unit: ${unit}`)
      .replace('1.25 ms', '1')
      .replace('800]', '2]');
    expect(figuresOf(parse(text), 1)[0]).toMatchObject({ value });
  });

  it('reads percent as a share where the metric is one', () => {
    const text = complete
      .replace('latencyP99Us, unit: µs', "reliabilityShare, unit: '%'")
      .replace('1.25 ms', '99.5');
    const [, reliability] = figuresOf(parse(text.replace('800]', '99.99]')), 1);
    expect(reliability).toMatchObject({ value: 0.995, resolution: 0.0005 });
  });

  it('needs neither address, date nor conditions of its source', () => {
    const bare = parse(complete.replace(/ {2}url.*\n {2}date.*\n {2}conditions.*\n/, ''));
    expect(bare.source).toEqual({ name: 'Someone', conditions: [] });
  });
});

describe('a file of claims that cannot be read', () => {
  it.each([
    [
      'an unknown metric',
      'throughputRps',
      'speed',
      /columns\.0\.metric: is no metric \(there are throughputRps, .*\) \(got "speed"\)/,
    ],
    [
      'a unit of another metric',
      'unit: req/s',
      'unit: ms',
      /columns\.0\.unit: is no unit of throughputRps \(there are req\/s\)/,
    ],
    [
      'a figure with a unit of another metric',
      '1.25 ms',
      '1.25 MB',
      /rows\.1\.figures\.1: is no amount in a unit of latencyP99Us/,
    ],
    ['an amount of nothing', '1.25 ms', '0.0 ms', /is no amount in a unit of latencyP99Us/],
    ['a unit that every object has', '1.25 ms', '5 toString', /is no amount in a unit/],
    [
      'a metric in two columns',
      'latencyP99Us, unit: µs',
      'throughputRps, unit: req/s',
      /throughputRps is a column already/,
    ],
    ['a row that is too short', '[900, 1.25 ms]', '[900]', /rows\.1\.figures: 1 figures for 2 columns/],
    ['a target with two rows', 'target: b', 'target: a', /a has a row already/],
    ['zero', '[900,', '[0,', /must be a number from 0\.000001 on, a number with its unit, or null \(got 0\)/],
    ['a negative figure', '[900,', '[-900,', /must be a number/],
    ['a figure that is no number', '[900,', '[.nan,', /must be a number/],
    ['an endless figure', '[900,', '[.inf,', /must be a number/],
    ['a formula', '[900,', '["=1+1",', /must be a number/],
    ['a target that is no id', 'target: b', 'target: ../b', /rows\.1\.target: must be 1 to 63 of/],
    [
      'a name with a terminal command',
      'name: B',
      'name: "B\\e[2J"',
      /rows\.1\.name: must be one line of visible text/,
    ],
    ['a name that turns its text around', 'name: B', 'name: "B\\u202e"', /must be one line of visible text/],
    ['a name over two lines', 'name: B', 'name: "B\\nC"', /must be one line of visible text/],
    [
      'an address that runs',
      'https://example.org/table',
      'javascript:alert(1)',
      /url: must be an http or https URL/,
    ],
    ['a date that is none', '2025-06', 'June', /date: must be a year, a month or a day/],
    ['an unknown key', 'connections: 64', 'conections: 64', /[Uu]nrecognized key/],
    [
      'a key twice',
      'scenario: 1kb',
      'scenario: 1kb\n    scenario: 1mb',
      /someone\.yaml:\d+:\d+: Map keys must be unique/,
    ],
  ])('names %s', (_, from, to, message) => {
    const said = problem(from, to);
    expect(said).toMatch(message);
    expect(said).not.toContain('\n');
  });

  it('is told by its line and column', () => {
    expect(problem('throughputRps', 'speed')).toMatch(/^someone\.yaml:14:19: tables\.0\.columns\.0\.metric/);
  });
});

describe('the example of the manual', () => {
  it('is a file of claims', () => {
    const page = readFileSync(path.join(repository, 'docs', 'claims.md'), 'utf8');
    const example = /```yaml\n([^]*?)```/.exec(page)?.[1] ?? '';
    const read = parse(example);
    expect(read.source.conditions).toEqual(['laptop with 8 cores', '30 s each']);
    expect(figuresOf(read, 1)).toEqual([
      { value: 1_220, resolution: 5 },
      { value: 980, resolution: 0.5 },
      null,
    ]);
  });
});

describe('the claims that are shipped', () => {
  const file = path.join(repository, 'scenarios', 'claims', 'hyperlane.yaml');
  const shipped = parse(readFileSync(file, 'utf8'));

  it('hold every row and figure of the published comparison', () => {
    expect(shipped.tables.map(({ title, rows, columns }) => [title, rows.length, columns.length])).toEqual([
      ['1 KB', 7, 4],
      ['1 MB', 7, 4],
      ['Latency', 7, 5],
    ]);
    expect(shipped.tables.flatMap(({ rows }) => rows.flatMap(({ figures }) => figures))).not.toContain(null);
  });

  it('state no condition that the source does not', () => {
    expect(shipped.source.conditions).toEqual([]);
    expect(shipped.tables.every(({ connections }) => connections === undefined)).toBe(true);
  });

  it.each([
    ['the first row', 0, 'tokio', [340_130.92, 1_220, 45, 128e6]],
    ['the middle table', 1, 'node-http', [8_456, 8.9e9, 89, 456e6]],
    ['the last row', 2, 'node-http', [567, 1_200, 8_900, 456, 0.995]],
  ])('give %s in our units', (_, at, target, values) => {
    const table = shipped.tables[at];
    const row = table?.rows.find((each) => each.target === target);
    const read = table?.columns.map((column) =>
      row === undefined ? null : publishedFigure(row, table, column)?.value,
    );
    expect(read).toEqual(values);
  });
});
