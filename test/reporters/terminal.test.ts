import { describe, expect, it } from 'vitest';
import { renderTerminal, wrapped } from '../../harness/reporters/terminal.ts';
import { cell, metrics, none, refused, report, scenario, value } from './fixtures.ts';

const ESC = String.fromCodePoint(27);

function render(width = 100, colour = false, given = report()): string {
  return renderTerminal(given, { width, colour });
}

function lineWith(text: string, needle: string): string {
  return text.split('\n').find((line) => line.includes(needle)) ?? `no line with ${needle}`;
}

describe('the terminal table', () => {
  it.each([120, 100, 80, 60, 50, 40])('fits %i columns', (width) => {
    for (const line of render(width).split('\n')) expect(Array.from(line).length).toBeLessThanOrEqual(width);
  });

  it.each([100, 80, 60, 40])('keeps target and throughput at %i columns', (width) => {
    const text = render(width);
    expect(lineWith(text, 'tokio  ')).toContain('147,000');
    expect(lineWith(text, '≥')).toContain('6,700');
  });

  it('shows each figure with its spread over rounds where there is room', () => {
    expect(lineWith(render(100), '1–2  tokio')).toMatchInlineSnapshot(
      `"1–2  tokio       147,000 ±2.5 %  1.31 ms ±2.5 %  6.71 µs ±2.5 %  32.0 MiB ±2.5 %  98.7 % ±0.0 %"`,
    );
    expect(lineWith(render(80), '1  tokio')).toMatchInlineSnapshot(`"no line with 1  tokio"`);
    expect(lineWith(render(40), '1  tokio')).toMatchInlineSnapshot(`"no line with 1  tokio"`);
  });

  it('gives targets that cannot be told apart the same places', () => {
    const text = render();
    expect(lineWith(text, 'tokio ')).toMatch(/^tokio serves/);
    expect(text).toMatch(/^1–2 {2}tokio/m);
    expect(text).toMatch(/^1–2 {2}hyperlane/m);
    expect(text).toMatch(/^ {2}3 {2}node-http/m);
  });

  it('shows a limited cell as a lower bound, unranked', () => {
    expect(lineWith(render(), '≥ 6,700')).toMatch(/^– {2}tokio/);
  });

  it('shows a cell without figures with its reason and no number', () => {
    const line = lineWith(render(), 'failed');
    expect(line).toContain('gin');
    expect(line).toContain('TARGET_ERRORS');
    expect(line).not.toMatch(/\d\d/);
    expect(render()).toContain('12 responses were cut off');
  });

  it('keeps a figure and its percent sign on one line', () => {
    for (let width = 40; width < 120; width++) {
      expect(wrapped('a stall took 0.44 % of the window, but 0.02 % of the samples', width)).not.toMatch(
        /^\s*%/m,
      );
    }
  });

  it('tells what was seen at the first target of a note, and at how many more', () => {
    const busy = (id: string, cores: string): ReturnType<typeof cell> =>
      cell(id, 1_000, {
        reasons: [{ code: 'TARGET_SATURATED', detail: `the target used ${cores} of 1 CPU` }],
      });
    const cells = [busy('tokio', '0.97'), busy('gin', '0.98'), busy('rocket', '0.99')];
    const text = render(200, false, report({ cells, rankings: [] }));
    expect(text).toContain('(tokio: the target used 0.97 of 1 CPU; 2 more)');
    expect(text).not.toContain('0.98');
  });

  it('draws no empty table where no row has figures', () => {
    const refusedOnly = report(
      { cells: [refused('gin', 'failed', [])], rankings: [] },
      { scenarios: [scenario()] },
    );
    const text = render(100, false, refusedOnly);
    expect(text).not.toContain('req/s  ');
    expect(text).toContain('– gin  failed: no reason recorded');
  });

  it('shows targets that were skipped with why', () => {
    const skipped = [{ id: 'rocket', name: 'Rocket', why: 'needs cargo: apt-get install cargo' }];
    expect(lineWith(render(100, false, report({}, { skipped })), 'rocket')).toBe(
      '  – rocket  skipped: needs cargo: apt-get install cargo',
    );
  });

  it('marks what a warning weakens and says what was seen', () => {
    const text = render(200);
    expect(text).toContain('node-http¹');
    expect(lineWith(text, '¹ NOT_STEADY')).toContain('node-http: throughput drifted by 4 %');
  });

  it('colours only when told', () => {
    expect(render(100, false)).not.toContain(ESC);
    expect(render(100, true)).toContain(`${ESC}[32mtokio${ESC}[39m`);
  });

  it('keeps its columns aligned when coloured', () => {
    // oxlint-disable-next-line no-control-regex
    const bare = render(100, true).replaceAll(/\u001b\[\d+m/g, '');
    expect(bare).toBe(render(100, false));
  });

  it('never prints NaN or a percentile with too few samples', () => {
    const figures = {
      ...metrics(1_000, 1_024, [1]),
      latencyP99Us: none('needs 662 samples, has 90'),
      cpuPercent: value([Number.NaN]),
    };
    const text = render(
      200,
      false,
      report(
        { cells: [cell('odd', 1_000, { metrics: figures })], rankings: [] },
        { scenarios: [scenario()] },
      ),
    );
    expect(text).not.toContain('NaN');
    expect(lineWith(text, 'odd  ')).toContain('n/a (needs 662)');
  });

  it('S8 neutralises terminal commands and line breaks in names, details and warnings', () => {
    const hostile = `x${ESC}]0;owned\u0007${ESC}[2J\u009b31m\r\ny\u202e`;
    const text = render(
      100,
      false,
      report(
        {
          cells: [
            cell(hostile, 5, { targetName: hostile, reasons: [{ code: 'NOT_STEADY', detail: hostile }] }),
          ],
          rankings: [],
          warnings: [hostile],
        },
        { scenarios: [scenario({ title: hostile })] },
      ),
    );
    // oxlint-disable-next-line no-control-regex
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(text).toContain('x y');
    expect(text).not.toContain('owned');
  });
});
