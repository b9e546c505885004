import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { filledPage } from '../../../tools/bench/accuracy-page.ts';
import { atLeast, figure, missingFigure } from '../../../tools/bench/figure.ts';
import { benchArguments } from '../../../tools/bench/options.ts';
import { PARTS } from '../../../tools/bench/parts/index.ts';
import { type BenchRecord, benchRecordSchema, type PartRecord } from '../../../tools/bench/record.ts';
import { partText } from '../../../tools/bench/report.ts';
import { interleave } from '../../../tools/bench/rig.ts';
import { repository } from '../../support/source-tree.ts';

const PART: PartRecord = {
  id: 'throughput',
  title: 'Closed loop',
  pressureBefore: 'some avg10=0.00 avg60=1.68 avg300=4.59 total=31331291',
  pressureAfter: null,
  pressureShare: 0.034,
  foreignCores: 0.02,
  disturbed: null,
  figures: [
    figure('1kb.dyno', 'dyno, 1kb', 'req/s', [159_000, 153_000, 161_000]),
    figure('1kb.dyno/wrk', 'dyno / wrk, 1kb', '', [1.01, 0.98, 1.02], atLeast(1)),
    missingFigure('wrk2', 'wrk2: response time', 'not installed'),
  ],
};

const RECORD: BenchRecord = {
  schemaVersion: 2,
  at: '2026-11-21T14:20:00.000Z',
  machine: '2 x Some | CPU, 16 GiB',
  kernel: '6.1.0',
  node: 'v24.21.0',
  commit: 'abc1234',
  command: 'npm run docs:accuracy',
  rounds: 3,
  parts: [PART],
};

const PAGE = `# Page
<!-- measured: machine -->
old machine
<!-- end -->
Prose stays.
<!-- measured: throughput -->
old figures
<!-- end -->
The rest stays.
`;

describe('the page of accuracy', () => {
  it('gets each part of a record in its place, and keeps its prose', () => {
    const page = filledPage(PAGE, RECORD);
    expect(page).not.toContain('old');
    expect(page).toContain('Prose stays.');
    expect(page).toContain('The rest stays.');
    expect(page).toContain('| dyno, 1kb | 159,000 req/s (153,000 to 161,000) |  |');
    expect(page).toContain('| dyno / wrk, 1kb | 1.01 (0.98 to 1.02) | at least 1: met |');
    expect(page).toContain('| wrk2: response time | not installed |  |');
    expect(page).toContain('Undisturbed, 2026-11-21. CPU pressure before: `some avg10=0.00');
    expect(page).toContain('No part was disturbed.');
  });

  it('is the same when it is written again from the same record', () => {
    const page = filledPage(PAGE, RECORD);
    expect(filledPage(page, RECORD)).toBe(page);
  });

  it('names the machine, without breaking the table that it stands in', () => {
    expect(filledPage(PAGE, RECORD)).toContain('| machine | 2 x Some / CPU, 16 GiB |');
  });

  it('says first which parts were disturbed, and at each by what', () => {
    const part = { ...PART, disturbed: 'others used 1.46 cores' };
    const page = filledPage(PAGE, { ...RECORD, parts: [part] });
    expect(page).toContain('**Disturbed: throughput.**');
    expect(page).toContain('**Disturbed** (others used 1.46 cores), 2026-11-21');
  });

  it('says of a part without figures why there are none', () => {
    const part = { ...PART, figures: [], disturbed: 'not measured: wrk: ENOENT' };
    expect(filledPage(PAGE, { ...RECORD, parts: [part] })).toContain(
      '**Disturbed** (not measured: wrk: ENOENT)',
    );
  });

  it('loses no part in silence: one without a place is an error', () => {
    const record = { ...RECORD, parts: [{ ...PART, id: 'new' }] };
    expect(() => filledPage(PAGE, record)).toThrow('no place between "<!-- measured: new -->"');
  });

  it('has a place for every part of the benchmark, and reads as it was last written', () => {
    const page = readFileSync(path.join(repository, 'docs/accuracy.md'), 'utf8');
    const parts = PARTS.map(({ id, title }) => ({ ...PART, id, title }));
    expect(filledPage(page, { ...RECORD, parts })).toContain('Undisturbed, 2026-11-21');
    expect(page).not.toMatch(/<!-- measured: [\w-]+ -->\s*<!-- end -->/);
  });
});

describe('a part on the terminal', () => {
  it('has a line for each figure with its goal, and says that it was undisturbed', () => {
    const lines = partText(PART).split('\n');
    expect(
      lines.some((line) => /dyno \/ wrk, 1kb +1\.01 \(0\.98 to 1\.02\) +at least 1: met$/.test(line)),
    ).toBe(true);
    expect(lines.at(-1)).toBe(
      '  undisturbed; tasks waited for a CPU 3 % of the time, others used 0.02 cores',
    );
  });

  it('says by what it was disturbed', () => {
    expect(partText({ ...PART, disturbed: 'CPU pressure was 57.87 % before' })).toContain(
      'DISTURBED: CPU pressure was 57.87 % before',
    );
  });
});

describe('a stored record', () => {
  it('reads back as it was', () => {
    expect(benchRecordSchema.parse(JSON.parse(JSON.stringify(RECORD)))).toEqual(RECORD);
  });

  it('of another shape is refused', () => {
    expect(() => benchRecordSchema.parse({ ...RECORD, schemaVersion: 1 })).toThrow(/schemaVersion/);
  });
});

describe('the options of the benchmark', () => {
  it('measure everything over five rounds and ten thousand connections unless told otherwise', () => {
    expect(benchArguments([])).toMatchObject({ parts: PARTS, rounds: 5, manyConnections: 10_000 });
  });

  it('choose parts by name, in the order in which they always run', () => {
    expect(benchArguments(['--only', 'memory,rate']).parts.map(({ id }) => id)).toEqual(['rate', 'memory']);
  });

  it('make a smoke test of one round', () => {
    expect(benchArguments(['--quick'])).toMatchObject({ rounds: 1, seconds: 1, manyConnections: 1_000 });
    expect(benchArguments(['--quick', '--rounds', '2']).rounds).toBe(2);
  });

  it.each([
    [['--only', 'rate,speed'], '--only: no part "speed"'],
    [['--rounds', '0'], '--rounds: not a positive integer: 0'],
    [['--seconds', 'two'], '--seconds: not a positive integer: two'],
    [['--slow'], '--slow'],
  ])('refuse %j', (args, message) => {
    expect(() => benchArguments(args)).toThrow(message);
  });
});

describe('measuring in turns', () => {
  it('begins each round with another, and gives each its own results', async () => {
    const order: string[] = [];
    const results = await interleave(3, ['a', 'b'], async (id) => {
      order.push(id);
      return `${id}${order.length}`;
    });
    expect(order).toEqual(['a', 'b', 'b', 'a', 'a', 'b']);
    expect(results.get('a')).toEqual(['a1', 'a4', 'a5']);
    expect(results.get('b')).toEqual(['b2', 'b3', 'b6']);
  });
});
