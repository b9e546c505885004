import { describe, expect, it } from 'vitest';
import { agreementText, factorText, hereText } from '../../../harness/reporters/claims/factors.ts';
import {
  countsText,
  impossibleText,
  measuredText,
  metricLabel,
  openText,
  rankText,
  refutations,
  sourceText,
  symbolOf,
  totalOf,
} from '../../../harness/reporters/claims/words.ts';
import { claim, metric, MIXED, open, report } from './fixtures.ts';

describe('the words for a verdict', () => {
  it('tell every kind apart without colour, and firm from not', () => {
    const symbol = (change: Parameters<typeof claim>[2]): string => symbolOf(claim('a', 'b', change));
    expect(symbol({})).toBe('✓');
    expect(symbol({ firm: false })).toBe('+');
    expect(symbol({ verdict: { kind: 'contradicted' } })).toBe('✗');
    expect(symbol({ verdict: { kind: 'contradicted' }, firm: false })).toBe('-');
    expect(symbol({ verdict: open('interval-holds-1') })).toBe('~');
    expect(symbol({ verdict: open('bound') })).toBe('≥');
    expect(symbol({ verdict: open('not-measured') })).toBe('–');
    expect(symbol({ verdict: open('too-few-rounds') })).toBe('–');
  });

  it('count what was decided, of how many, and how firmly', () => {
    expect(countsText(MIXED.counts)).toBe(
      '1 of 3 claims reproduced, 1 contradicted, 1 undecided; 2 of the 2 decided are firm',
    );
    expect(countsText(metric([claim('a', 'b')]).counts)).toBe(
      '1 of 1 claim reproduced, 0 contradicted, 0 undecided; 1 of the 1 decided is firm',
    );
    expect(countsText(metric([claim('a', 'b', { verdict: open('bound') })]).counts)).toBe(
      '0 of 1 claim reproduced, 0 contradicted, 1 undecided',
    );
    expect(totalOf(report([MIXED, MIXED]))).toEqual({
      reproduced: 2,
      contradicted: 2,
      undecided: 2,
      firm: 4,
    });
  });

  it('say why claims are open, each reason once', () => {
    const claims = ['b', 'c', 'd'].map((behind, i) =>
      claim('a', behind, { verdict: open(i < 2 ? 'bound' : 'too-few-rounds') }),
    );
    expect(openText(metric(claims))).toBe('2 by a figure that is only a bound, 1 with too few common rounds');
    expect(openText(metric([claim('a', 'b')]))).toBe('');
  });
});

describe('a factor', () => {
  it.each([
    [{ estimate: 1.804, low: 1.777, high: 1.841 }, '1.80x (1.77–1.85)'],
    [{ estimate: 1.8, low: 1.537, high: null }, '≥ 1.53x'],
    [{ estimate: 0.73, low: null, high: 0.851 }, '≤ 0.86x'],
    [{ estimate: 1.35, low: null, high: null }, '1.35x, no interval'],
    [{ estimate: 19.39, low: 18.81, high: 19.99 }, '19.4x (18.8–20.0)'],
    [null, 'n/a'],
  ])('%j reads %s, its ends rounded outward', (here, text) => {
    expect(hereText(here)).toBe(text);
  });

  it.each([
    [1.0156, '1.02x'],
    [9.994, '9.99x'],
    [9.996, '10.0x'],
  ])('of %d reads %s', (factor, text) => {
    expect(factorText(factor)).toBe(text);
  });

  it('agrees in so many of those where it can be told', () => {
    expect(agreementText(MIXED)).toBe('1 of 2');
  });
});

describe('a rank correlation', () => {
  it('stands with its p and how many targets it is of', () => {
    expect(rankText(MIXED.rank)).toBe('0.33 (p 0.75, 3 targets)');
    expect(rankText({ kind: 'value', tauB: 1, p: 0.0004, targets: ['a', 'b'], leftOut: ['c'] })).toBe(
      '1.00 (p < 0.01, 2 of 3 targets)',
    );
    expect(rankText({ kind: 'none', why: 'too few', leftOut: [] })).toBe('n/a');
  });
});

describe('a report of claims', () => {
  it('says where the claims come from', () => {
    expect(sourceText(report())).toBe('Someone');
    const source = { name: 'Someone', date: '2025-06', url: 'https://example.org/', conditions: [] };
    expect(sourceText(report([MIXED], { source }))).toBe('Someone (2025-06, https://example.org/)');
  });

  it('says how the session measured', () => {
    expect(measuredText(report())).toBe(
      'session session-1: 64 connections, 3 rounds, 1 worker a target, 1 CPU each',
    );
    const here = { rounds: 1, workers: 2, targetCpus: 0 };
    expect(measuredText(report([MIXED], { here, tables: [] }))).toBe(
      'session session-1: 1 round, 2 workers a target',
    );
  });

  it('gives an example of each way in which figures are refuted, and names the rest', () => {
    const figure = (name: string, rule: string, of: 'row' | 'table' = 'row') => ({
      of,
      name,
      rule,
      message: `${name} ${rule}`,
    });
    const impossible = [figure('a', 'X'), figure('b', 'X'), figure('T', 'X', 'table'), figure('a', 'Y')];
    const groups = refutations(report([], { impossible }));
    expect(groups.map(({ example, others }) => [example.name, example.rule, others.length])).toEqual([
      ['a', 'X', 1],
      ['T', 'X', 0],
      ['a', 'Y', 0],
    ]);
  });

  it.each([
    [0, 'no published figure refutes another'],
    [1, '1 published figure cannot be'],
    [2, '2 published figures cannot be'],
  ])('counts %d figures that cannot be', (count, text) => {
    const impossible = Array.from({ length: count }, () => ({
      of: 'row' as const,
      name: 'a',
      rule: 'X',
      message: '',
    }));
    expect(impossibleText(report([], { impossible }))).toBe(text);
  });

  it.each([
    ['throughputRps', 'Throughput'],
    ['latencyMeanUs', 'Mean latency'],
    ['latencyP99Us', 'p99 latency'],
    ['latencyJitterUs', 'Jitter'],
  ] as const)('calls %s %s', (id, label) => {
    expect(metricLabel(id)).toBe(label);
  });
});
