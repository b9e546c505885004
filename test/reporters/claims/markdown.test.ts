import { describe, expect, it } from 'vitest';
import { renderClaimsMarkdown } from '../../../harness/reporters/claims/markdown.ts';
import { claim, metric, MIXED, report } from './fixtures.ts';

const rendered = (...reports: Parameters<typeof renderClaimsMarkdown>[0]): string =>
  renderClaimsMarkdown(reports);
const lines = (text: string): string[] => text.split('\n');

describe('published claims in Markdown', () => {
  it('begin with the count, then how it was measured', () => {
    expect(lines(rendered(report())).slice(0, 5)).toEqual([
      '# Someone, checked here',
      '',
      '**1 of 3 claims reproduced, 1 contradicted, 1 undecided; 2 of the 2 decided are firm; no published figure refutes another.**',
      '',
      'Held against session session-1: 64 connections, 3 rounds, 1 worker a target, 1 CPU each.',
    ]);
  });

  it('count every metric of every table in one overview', () => {
    expect(rendered(report([MIXED, metric([claim('a', 'b')], { metric: 'latencyP99Us' })]))).toContain(
      '| Small | Throughput | 3 | 1 | 1 | 1 | 2 | 1 of 2 | 0.33 (p 0.75, 3 targets) |\n| Small | p99 latency | 1 | 1 | 0 | 0 | 1 | 1 of 1 |',
    );
  });

  it('say why claims of a metric are open', () => {
    expect(rendered(report())).toContain(
      '### Small: Throughput\n\n1 of 3 claims reproduced, 1 contradicted, 1 undecided (1 with an interval that holds 1); 2 of the 2 decided are firm.\n',
    );
  });

  it('explain each word of the overview', () => {
    for (const word of ['**Firm**:', '**Factor agrees**:', '**Rank correlation**:']) {
      expect(rendered(report())).toContain(word);
    }
  });

  it('show who is ahead of whom as a triangle in published order', () => {
    expect(rendered(report())).toContain(
      '| ahead of | b | c |\n| :--- | :--- | :--- |\n| a | ✓ | ✗ |\n| b |  | ~ |',
    );
  });

  it('list every pair with its interval, contradictions first', () => {
    const pairs = lines(rendered(report())).filter(
      (line) => line.includes(' ahead of ') && line.includes('1.50x'),
    );
    expect(pairs).toEqual([
      '| ✗ contradicted | a ahead of c | 1.50x | 0.50x (0.40–0.60) | differs |',
      '| ✓ reproduced | a ahead of b | 1.50x | 1.40x (1.20–1.60) | agrees |',
      '| ~ undecided | b ahead of c | 1.50x | 1.00x (0.90–1.10) |  |',
    ]);
  });

  it('say why a table is not judged', () => {
    const [table] = report().tables;
    const tables =
      table === undefined
        ? []
        : [
            {
              ...table,
              measured: { kind: 'no' as const, why: 'the session has no scenario 1gb' },
              metrics: [],
            },
          ];
    const text = rendered(report([], { tables }));
    expect(text).toContain('| Small | the session has no scenario 1gb | – | – | – | – | – | – | – |');
    expect(text).not.toContain('## Small');
  });

  it('say where equal figures claim nothing', () => {
    expect(rendered(report([metric([])]))).toContain('No two figures differ, so nothing is claimed.');
  });

  it('give the arithmetic that refutes a figure, and name those that fall with it', () => {
    const figure = (name: string) => ({
      of: 'row' as const,
      name,
      rule: 'LITTLES_LAW',
      message: 'two and two is five',
    });
    const text = rendered(report([MIXED], { impossible: [figure('A'), figure('B')] }));
    expect(text).toContain('2 published figures cannot be');
    expect(text).toContain(
      '## Figures that cannot be\n\n- `LITTLES_LAW` A: two and two is five. Likewise: B.',
    );
  });

  it('tell stated conditions, notes and what holds for all claims', () => {
    const source = { name: 'Someone', conditions: ['on a laptop'] };
    const text = rendered(report([MIXED], { source, notes: ['nothing is known'] }));
    expect(text).toContain('- Stated: on a laptop\n- nothing is known\n- Only factors are judged');
  });

  it('stand one beneath the other where there are several', () => {
    expect(rendered(report(), report()).match(/^# /gm)).toHaveLength(2);
  });

  it('hold no markup of their source', () => {
    const hostile = '<script>|`*[x](javascript:y)\u202e\u001b[2J';
    const [table] = report().tables;
    const tables = table === undefined ? [] : [{ ...table, title: hostile, note: hostile }];
    const text = rendered(
      report([MIXED], {
        source: { name: hostile, conditions: [hostile] },
        tables,
        impossible: [{ of: 'row', name: hostile, rule: 'X', message: hostile }],
        notes: [hostile],
      }),
    );
    for (const part of ['<script', '\u202e', '\u001b']) expect(text).not.toContain(part);
    expect(text).not.toMatch(/(?<!\\)\]\(/);
    for (const row of lines(text).filter((line) => line.startsWith('| \\') || line.startsWith('| &'))) {
      expect(row.replace(/\\\|/g, '').split('|')).toHaveLength(11);
    }
  });
});
