import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { refuseUnlikeMachines } from '../../harness/commands/compare-machines.ts';
import type { Environment } from '../../harness/model/environment.ts';
import { environment, plannedTrial, session, validTrial } from '../support/factories.ts';
import { httpdyno, scratchFolder } from '../support/cli.ts';

/** Stores a session of two targets and one round, measured on the given machine. */
function store(results: string, id: string, machine: Environment): void {
  const planned = ['alpha', 'beta'].map((targetId, index) => plannedTrial({ index, targetId }));
  const record = {
    ...session(planned, { id, status: 'complete', environment: machine }),
    trials: planned.map((plan) => validTrial(plan)),
  };
  mkdirSync(path.join(results, id), { recursive: true });
  writeFileSync(path.join(results, id, 'session.json'), JSON.stringify(record));
}

const here = environment();
const there = environment({ fingerprint: 'e'.repeat(64), cpuModel: 'Another CPU' });

describe('machines of a comparison', () => {
  it('are refused when they differ, saying in what', () => {
    expect(() => refuseUnlikeMachines(here, there, false)).toThrow(/CPU Imaginary CPU and Another CPU/);
    expect(refuseUnlikeMachines(here, here, false)).toEqual([]);
  });

  it('are labelled when they differ and the user insists', () => {
    expect(refuseUnlikeMachines(here, there, true)[0]).toMatch(/^MACHINES DIFFER \(CPU Imaginary/);
  });
});

describe('httpdyno compare', () => {
  it('B24 ends with 2 for sessions of two machines, and compares them labelled with --force', async () => {
    const results = scratchFolder();
    store(results, 'one', here);
    store(results, 'two', there);
    const refused = await httpdyno(['compare', 'one', 'two', '--results', results]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('--force');
    const forced = await httpdyno(['compare', 'one', 'two', '--results', results, '--force', '--json']);
    expect(forced.code).toBe(0);
    expect(JSON.parse(forced.stdout)).toMatchObject({
      cells: [{ pairing: 'separate' }, { pairing: 'separate' }],
      warnings: [expect.stringMatching(/^MACHINES DIFFER/)],
    });
  });

  it('takes two targets of one session in either notation', async () => {
    const results = scratchFolder();
    store(results, 'one', here);
    const both = [
      await httpdyno(['compare', 'one:alpha', 'one:beta', '--results', results, '--json']),
      await httpdyno([
        'compare',
        '--session',
        'one',
        '--targets',
        'alpha,beta',
        '--results',
        results,
        '--json',
      ]),
    ];
    for (const { code, stdout } of both) {
      expect(code).toBe(0);
      expect(JSON.parse(stdout).cells).toMatchObject([
        { pairing: 'paired', candidate: { targetId: 'beta' } },
      ]);
    }
  });

  it.each([
    ['one side only', ['compare', 'one'], /two sides are needed/],
    ['an unknown target', ['compare', 'one:alpha', 'one:betta'], /did you mean "beta"/],
    ['an unknown session', ['compare', 'won', 'one'], /no session "won"/],
    ['an unknown metric', ['compare', 'one:alpha', 'one:beta', '-m', 'latencyP50U'], /latencyP50Us/],
  ])('refuses %s with exit code 2 and what fixes it', async (_, args, message) => {
    const results = scratchFolder();
    store(results, 'one', here);
    const { code, stderr } = await httpdyno([...args, '--results', results]);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});
