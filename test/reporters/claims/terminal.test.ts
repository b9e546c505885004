import { describe, expect, it } from 'vitest';
import { renderClaimsTerminal } from '../../../harness/reporters/claims/terminal.ts';
import { claim, metric, MIXED, report } from './fixtures.ts';

const rendered = (one = report(), width = 100): string => renderClaimsTerminal([one], width);

describe('published claims on a terminal', () => {
  it('begin with source, session and count', () => {
    expect(rendered().split('\n').slice(0, 4)).toEqual([
      'Someone',
      'held against session session-1: 64 connections, 3 rounds, 1 worker a target, 1 CPU each',
      '1 of 3 claims reproduced, 1 contradicted, 1 undecided; 2 of the 2 decided are firm; no published',
      '  figure refutes another',
    ]);
  });

  it('count each metric in a line of an overview', () => {
    expect(rendered()).toContain(
      'table  metric      reproduced  contradicted  undecided  firm  rank correlation\nSmall  Throughput  1 of 3      1             1          2     0.33 (p 0.75, 3 targets)\n',
    );
  });

  it('draw the first metric of a table, and spell out what is contradicted', () => {
    const text = rendered(report([MIXED, metric([claim('x', 'y')], { metric: 'latencyP99Us' })]));
    expect(text).toContain(
      ['Small, Throughput', '   ahead of  2 3', ' 1 a         ✓ ✗', ' 2 b           ~', ' 3 c'].join('\n'),
    );
    expect(text).toContain('✗ a ahead of c: 1.50x published, 0.50x (0.40–0.60) here');
    expect(text).not.toContain('1 x');
  });

  it('name figures that cannot be by an example and a number', () => {
    const figure = (name: string) => ({ of: 'row' as const, name, rule: 'X', message: 'cannot be' });
    expect(rendered(report([MIXED], { impossible: [figure('A'), figure('B'), figure('C')] }))).toContain(
      'Figures that cannot be:\n! A: cannot be (likewise 2 more)\n',
    );
  });

  it('say why a table is not judged', () => {
    const [table] = report().tables;
    const tables =
      table === undefined
        ? []
        : [{ ...table, measured: { kind: 'no' as const, why: 'not measured here' }, metrics: [] }];
    for (const width of [60, 100]) {
      expect(rendered(report([], { tables }), width)).toContain('Small  not measured here');
    }
  });

  it.each([60, 80, 100])('fit into %d columns', (width) => {
    const names = Array.from({ length: 7 }, (_, i) => `target-${i}`);
    const claims = names.flatMap((a, i) =>
      names.slice(i + 1).map((b) => claim(a, b, { verdict: { kind: 'contradicted' } })),
    );
    const impossible = [{ of: 'row' as const, name: 'A', rule: 'X', message: 'word '.repeat(40) }];
    const text = rendered(report([metric(claims)], { impossible, notes: ['word '.repeat(40)] }), width);
    const widest = Math.max(...text.split('\n').map((line) => Array.from(line).length));
    expect(widest).toBeLessThanOrEqual(width);
  });

  it('list no more contradictions, and draw nothing wider, than a person would read', () => {
    const names = Array.from({ length: 40 }, (_, i) => `target-${i}`);
    const claims = names
      .slice(1)
      .map((behind) => claim('target-0', behind, { verdict: { kind: 'contradicted' } }));
    const text = rendered(report([metric(claims)]));
    expect(text.match(/^✗ target/gm)).toHaveLength(20);
    expect(text).toContain('\n  and 19 more\n');
    expect(text).not.toContain('ahead of  ');
  });

  it('leave the correlation out where it does not fit', () => {
    expect(rendered(report(), 60)).not.toContain('rank correlation');
    expect(rendered(report(), 60)).toContain('undecided');
  });

  it('hold no terminal commands of their source', () => {
    const hostile = 'x\u001b[2J\u202e';
    const [table] = report().tables;
    const tables = table === undefined ? [] : [{ ...table, title: hostile }];
    const impossible = [{ of: 'row' as const, name: hostile, rule: 'X', message: hostile }];
    const text = rendered(
      report([MIXED], { source: { name: hostile, conditions: [] }, tables, impossible, notes: [hostile] }),
    );
    for (const part of ['\u001b', '\u202e']) expect(text).not.toContain(part);
  });
});
