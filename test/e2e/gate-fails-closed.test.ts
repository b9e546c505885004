import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Baseline } from '../../harness/model/baseline.ts';
import { baselineRunOf } from '../../harness/commands/gate-baseline-rules.ts';
import { readGate } from '../../harness/store/gate-store.ts';
import { baselineOf, baselineRun, storeBaseline } from '../support/baseline.ts';
import { type CliResult, httpdyno } from '../support/cli.ts';
import { OWN_SERVER } from '../support/own-server.ts';

const HEAD = [
  'gate',
  '--head',
  'node server.mjs',
  '--slice',
  '50ms',
  '--blocks',
  '1',
  '--max-warmup',
  '2',
  '--max-launches',
  '1',
  '--only',
  'cpu,rss',
];
const gate = (...args: string[]): Promise<CliResult> => httpdyno([...HEAD, ...args], { cwd: project });

/** One project with one baseline, measured once; each test forges its own from it. */
const project = mkdtempSync(path.join(os.tmpdir(), 'httpdyno-closed-'));
const file = path.join('results', 'baselines', 'server.json');
const genuine = (): Baseline => JSON.parse(readFileSync(path.join(project, file), 'utf8'));

beforeAll(async () => {
  writeFileSync(path.join(project, 'server.mjs'), OWN_SERVER);
  const { code, stderr } = await gate('--id', 'first');
  expect(code, stderr).toBe(0);
  // Its figures are made up: on a machine that belongs to others one short launch may show none.
  const { targetId, ...run } = baselineRunOf(await readGate(path.join(project, 'results'), 'first'));
  storeBaseline(
    path.join(project, 'results'),
    baselineOf(
      [{ ...run, cells: baselineRun(1).cells.map((cell) => ({ ...cell, scenarioId: 'root' })) }],
      null,
      targetId,
    ),
  );
}, 120_000);
afterAll(() => rmSync(project, { recursive: true, force: true }));

const forged = (change: (baseline: Baseline) => unknown): string => JSON.stringify(change(genuine()));
const everyRun =
  (change: Partial<Baseline['runs'][number]>) =>
  (baseline: Baseline): Baseline => ({
    ...baseline,
    runs: baseline.runs.map((run) => ({ ...run, ...change })),
  });

/** The one line, and what fixes it where something does. */
function expectOneLine({ stdout, stderr }: CliResult, message: RegExp): void {
  const said = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('swept: '));
  expect(said[0]).toMatch(/^httpdyno: /);
  expect(said[0]).toMatch(message);
  expect(
    said.slice(1).every((line) => line.startsWith('  fix: ')),
    stderr,
  ).toBe(true);
  expect(stdout).toBe('');
}

describe('B24 a gate whose baseline cannot be used', { timeout: 60_000 }, () => {
  it.each([
    ['is empty', () => '', /forged\.json: not JSON/],
    ['is cut short', () => forged((all) => all).slice(0, 400), /forged\.json: not JSON/],
    [
      'is of a newer httpdyno',
      () => forged((all) => ({ ...all, schemaVersion: 99 })),
      /schema 99 is newer than 1/,
    ],
    ['is something else', () => '{"hello": 1}', /forged\.json: schemaVersion/],
    [
      'holds a value that no server has',
      () => forged(everyRun({ gateId: '../up' })),
      /forged\.json: runs\.0\.gateId/,
    ],
    [
      'is of another target',
      () => forged((all) => ({ ...all, targetId: 'other' })),
      /is of other, not of server/,
    ],
    [
      'is of other work',
      () => forged(everyRun({ workloadHash: 'c'.repeat(64) })),
      /was measured with other work/,
    ],
    [
      'was measured beside another reference',
      () => forged(everyRun({ reference: { id: 'x', hash: null } })),
      /another reference server/,
    ],
  ])('because it %s ends with 2 and one line, before anything is measured', async (_, text, message) => {
    writeFileSync(path.join(project, 'forged.json'), text());
    const before = genuine();
    const ended = await gate('--id', 'never', '--baseline', 'forged.json', '--append');
    expect(ended.code, ended.stderr).toBe(2);
    expectOneLine(ended, message);
    expect(existsSync(path.join(project, 'results', 'never'))).toBe(false);
    expect(genuine()).toEqual(before);
  });

  it('because it cannot be read, is a folder, or is not there ends with 2', async () => {
    mkdirSync(path.join(project, 'folder.json'), { recursive: true });
    for (const [name, message] of [
      ['folder.json', /baseline .*folder\.json: EISDIR/],
      ['nowhere.json', /baseline .*nowhere\.json: ENOENT/],
    ] as const) {
      const ended = await gate('--baseline', name);
      expect(ended.code).toBe(2);
      expectOneLine(ended, message);
    }
  });

  it('because it exists already, where one is to be begun, ends with 2 and leaves it', async () => {
    const before = genuine();
    const ended = await gate('--id', 'never', '--init-baseline');
    expect(ended.code).toBe(2);
    expectOneLine(ended, /server\.json is there already/);
    expect(genuine()).toEqual(before);
    expect(existsSync(path.join(project, 'results', 'never'))).toBe(false);
  });

  it('because it was measured on another machine is advice: 0, labelled, and nothing is added to it', async () => {
    writeFileSync(path.join(project, 'forged.json'), forged(everyRun({ fingerprint: 'e'.repeat(64) })));
    const ended = await gate('--id', 'advice', '--baseline', 'forged.json', '--append');
    // 3 where one short launch on a busy machine showed nothing that could be added.
    expect([0, 3], ended.stderr).toContain(ended.code);
    expect(ended.stdout).toContain('! MACHINES DIFFER');
    expect(ended.stdout).toContain('mode advisory');
    expect(ended.stderr).toMatch(/not appended: /);
    expect(JSON.parse(readFileSync(path.join(project, 'forged.json'), 'utf8')).runs).toHaveLength(1);
  });

  it.each([
    [
      'two things to be held against',
      ['--base', 'node server.mjs', '--baseline', file],
      /judged against one of them/,
    ],
    ['a pin on nothing', ['--pin'], /--pin pins the run that is added/],
  ])('because the flags name %s ends with 2', async (_, args, message) => {
    const ended = await gate(...args);
    expect(ended.code).toBe(2);
    expectOneLine(ended, message);
  });
});

describe('a gate whose target is dead', { timeout: 60_000 }, () => {
  it('on arrival begins no baseline: 2, before anything is measured', async () => {
    const { code, stderr } = await httpdyno(['gate', '--head', 'node nothing.mjs', '--init-baseline'], {
      cwd: project,
    });
    expect(code).toBe(2);
    expect(stderr).toMatch(/base \(node nothing\.mjs\): TARGET_EXITED/);
  });

  it('under load leaves every cell invalid, and begins no baseline: 3', async () => {
    const fragile = OWN_SERVER.replace(
      'let sum',
      'if ((globalThis.served = (globalThis.served ?? 0) + 1) > 300) process.exit(7);\n  let sum',
    );
    writeFileSync(path.join(project, 'fragile.mjs'), fragile);
    const args = [
      'gate',
      '--head',
      'node fragile.mjs',
      '--init-baseline',
      '--results',
      'elsewhere',
      ...HEAD.slice(3),
    ];
    const { code, stdout, stderr } = await httpdyno(args, { cwd: project });
    expect(stdout).toMatch(/invalid/);
    expect(stderr).toMatch(/not begun: nothing in the run could be judged/);
    expect(code).toBe(3);
    expect(existsSync(path.join(project, 'elsewhere', 'baselines'))).toBe(false);
  });
});
