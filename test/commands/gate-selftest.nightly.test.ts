import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SelftestAnswer } from '../../harness/commands/gate-selftest.ts';
import { httpdyno, scratchFolder } from '../support/cli.ts';

describe('the canary: the whole gate, on real processes', () => {
  const title = 'stays green for the same server twice, and turns red for each tenth that is planted';
  it(title, { timeout: 3_000_000 }, async (context) => {
    const results = scratchFolder();
    const budget = ['--budget-minutes', '6'];
    const ended = await httpdyno([
      'gate',
      '--selftest',
      '--json',
      ...budget,
      '--results',
      results,
      '--id',
      'canary',
    ]);
    expect([0, 3], ended.stdout + ended.stderr).toContain(ended.code);
    const answers: SelftestAnswer[] = JSON.parse(ended.stdout);
    expect(answers.map(({ name }) => name)).toEqual([
      'A/A: the same server twice',
      'CPU per request +10 %',
      'memory +10 %',
      'p50 +10 %',
    ]);
    expect(answers.filter(({ right }) => right === 'wrong')).toEqual([]);
    // Each case is a gate run of its own, kept like any other.
    expect(readdirSync(results).toSorted()).toEqual(answers.map((_, i) => `canary-${i + 1}`));
    expect(readdirSync(path.join(results, 'canary-1'))).toContain('gate.json');
    const undecided = answers.filter(({ right }) => right !== 'right');
    if (undecided.length > 0) context.skip(`inconclusive: ${undecided.map(({ name }) => name).join(', ')}`);
  });
});
