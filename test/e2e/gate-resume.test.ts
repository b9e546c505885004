import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { GateRecord } from '../../harness/model/gate-record.ts';
import { parseGate } from '../../harness/store/gate-store.ts';
import { type CliResult, eventually, httpdyno } from '../support/cli.ts';
import { gateRecord } from '../support/gate.ts';
import { OWN_SERVER, projectWith } from '../support/own-server.ts';
import { processesWith } from '../support/processes.ts';

const ARMS = ['--base', 'node old.mjs', '--head', 'node new.mjs {port}'];
/** Slices that are far too short to show anything: the mechanics, not the measurement. */
const SHORT = [
  '--slice',
  '50ms',
  '--blocks',
  '1',
  '--max-warmup',
  '2',
  '--only',
  'cpu,rss',
  '--no-sentinel',
  '--seed',
  '5',
  '--id',
  'cut',
];

const project = (): string => projectWith({ 'old.mjs': OWN_SERVER, 'new.mjs': OWN_SERVER });
const stored = (cwd: string): GateRecord => {
  const file = path.join(cwd, 'results', 'cut', 'gate.json');
  return parseGate(readFileSync(file, 'utf8'), file);
};
const launchesOf = (cwd: string): number => {
  try {
    return stored(cwd).launches.length;
  } catch {
    return 0;
  }
};
const living = (): number[] => processesWith('HTTPDYNO_SESSION=cut');

/** Begins a gate of three launches, and ends it by a signal as soon as one is stored and the next is under way. */
async function cutOff(cwd: string, signal: NodeJS.Signals): Promise<CliResult> {
  return httpdyno(['gate', ...ARMS, ...SHORT, '--max-launches', '3'], {
    cwd,
    during: async ({ kill, stderr }) => {
      const underWay = (): boolean => launchesOf(cwd) > 0 && living().length === 2;
      expect(await eventually(underWay, 60_000), stderr()).toBe(true);
      kill(signal);
    },
  });
}

function expectFinished({ code, stderr }: CliResult, cwd: string, before: GateRecord): void {
  const record = stored(cwd);
  // Three launches decide nothing; on a machine that belongs to others the slices may be invalid as well.
  expect(record.report?.verdict, stderr).toMatch(/^(inconclusive|invalid)$/);
  expect(code, stderr).toBe(record.report?.verdict === 'invalid' ? 3 : 0);
  expect(record.status).toBe('complete');
  expect(record.launches.map(({ index }) => index)).toEqual([0, 1, 2]);
  expect(record.launches.slice(0, before.launches.length)).toEqual(before.launches);
  expect(record.settings).toEqual(before.settings);
  expect(record.startedAt).toBe(before.startedAt);
}

describe('a gate that is cut off', { timeout: 180_000 }, () => {
  it('P9 by SIGKILL has lost nothing measured, and `resume` makes only the missing launches', async () => {
    const cwd = project();
    const killed = await cutOff(cwd, 'SIGKILL');
    expect(killed.code).toBeNull();
    const before = stored(cwd);
    expect(before.status).toBe('running');
    expect(before.launches.length).toBeGreaterThan(0);
    expect(before.launches.length).toBeLessThan(3);
    const resumed = await httpdyno(['resume', 'cut'], { cwd });
    expectFinished(resumed, cwd, before);
    expect(resumed.stderr).toMatch(/goes on after [12] launch/);
    expect(living()).toEqual([]);
    expect(readdirSync(path.join(cwd, 'results', 'cut')).filter((name) => name.endsWith('.tmp'))).toEqual([]);

    const again = await httpdyno(['resume', 'cut'], { cwd });
    expect(again.stderr).toContain('gate cut is complete: nothing is missing');
    expect(again.code).toBe(resumed.code);
    const taken = await httpdyno(['gate', ...ARMS, ...SHORT], { cwd });
    expect(taken.code).toBe(2);
    expect(taken.stderr).toMatch(/already holds a gate run\n.*httpdyno resume cut/);
  });

  it('by SIGINT ends with 130, says how to go on, and goes on by `gate --resume`', async () => {
    const cwd = project();
    const ended = await cutOff(cwd, 'SIGINT');
    expect(ended.code, ended.stderr).toBe(130);
    expect(living()).toEqual([]);
    const before = stored(cwd);
    expect(before.status).toBe('interrupted');
    expect(ended.stdout).toMatch(/^INTERRUPTED/);
    expect(ended.stdout).toMatch(/interrupted: [12] whole launch.*; go on with: httpdyno resume cut/);
    const resumed = await httpdyno(['gate', '--resume', 'cut', '--json'], { cwd });
    expectFinished(resumed, cwd, before);
    expect(JSON.parse(resumed.stdout)).toEqual(stored(cwd));
    expect(living()).toEqual([]);
  });

  it('does not go on with another head: launches of two different servers are evidence of neither', async () => {
    const cwd = project();
    await cutOff(cwd, 'SIGKILL');
    const before = stored(cwd);
    writeFileSync(path.join(cwd, 'new.mjs'), `${OWN_SERVER}\n// changed`);
    const refused = await httpdyno(['resume', 'cut'], { cwd });
    expect(refused.code).toBe(4);
    expect(refused.stderr).toMatch(/no longer what the gate run measured: .*head \(node new\.mjs \{port\}\)/);
    expect(stored(cwd)).toEqual(before);
  });

  it('that never was is named, by either way to ask', async () => {
    const cwd = project();
    for (const args of [
      ['resume', 'nothing'],
      ['gate', '--resume', 'nothing'],
    ]) {
      const { code, stderr } = await httpdyno(args, { cwd });
      expect(code).toBe(2);
      expect(stderr).toMatch(/no (session|gate run) "nothing"/);
    }
  });
});

describe('a stored gate run that cannot be gone on with', { timeout: 60_000 }, () => {
  it.each([
    ['was measured on another machine', {}, /unlike machines/],
    [
      'has a command line of another version',
      { argv: ['gate', '--no-such-flag'] },
      /its command line is not understood: unknown option '--no-such-flag'/,
    ],
    [
      'is part of a selftest',
      { argv: ['gate', '--selftest'] },
      /one of the runs of a selftest.*\n.*gate --selftest/,
    ],
  ])('because it %s ends with 2, and stays as it is', async (_, change, message) => {
    const cwd = project();
    const folder = path.join(cwd, 'results', 'cut');
    mkdirSync(folder, { recursive: true });
    const record = gateRecord({ launches: 2 }, { id: 'cut', status: 'running', ...change });
    writeFileSync(path.join(folder, 'gate.json'), JSON.stringify(record));
    const { code, stdout, stderr } = await httpdyno(['resume', 'cut'], { cwd });
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stored(cwd)).toEqual(record);
  });

  it('because it is damaged or of a newer httpdyno ends with 2 and its file', async () => {
    const cwd = project();
    const file = path.join(cwd, 'results', 'cut', 'gate.json');
    mkdirSync(path.dirname(file), { recursive: true });
    for (const [text, message] of [
      ['{"schemaVersion": 1, "id": "cut"', /gate\.json: not JSON/],
      ['{"schemaVersion": 99}', /gate\.json: schema 99 is newer than 1/],
    ] as const) {
      writeFileSync(file, text);
      const { code, stderr } = await httpdyno(['gate', '--resume', 'cut'], { cwd });
      expect(stderr).toMatch(message);
      expect(code).toBe(2);
    }
  });
});
