import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { httpdyno, scratchFolder } from '../support/cli.ts';
import { repository } from '../support/source-tree.ts';

/** A project folder with the real servers and the given scenario files. */
function project({ onTestFinished }: TestContext, scenarios: Record<string, string>): string {
  const folder = scratchFolder(onTestFinished);
  symlinkSync(path.join(repository, 'servers'), path.join(folder, 'servers'));
  mkdirSync(path.join(folder, 'scenarios'));
  for (const [name, text] of Object.entries(scenarios))
    writeFileSync(path.join(folder, 'scenarios', name), text);
  return folder;
}

const scenario = `id: small
title: Small
request: { path: /payload/1kb }
expect: { bodyBytes: 1024 }
warmup: 1s
warmupMax: 1s
measure: 1s
drain: 1s
requestTimeout: 1s
`;

describe.concurrent('help', () => {
  it('names every command and ends 0', async () => {
    const { code, stdout } = await httpdyno(['--help']);
    expect(code).toBe(0);
    for (const command of ['run', 'verify', 'report', 'list', 'build'])
      expect(stdout).toMatch(new RegExp(`^\\s+${command}\\b`, 'm'));
  });

  it('of a command gives every flag a long name', async () => {
    const { stdout } = await httpdyno(['run', '--help']);
    const flags = stdout.split('\n').filter((line) => /^\s+-/.test(line));
    expect(flags.length).toBeGreaterThan(12);
    for (const line of flags) expect(line).toMatch(/--[a-z-]+/);
  });

  it('is what an unknown command is pointed to', async () => {
    const { code, stderr } = await httpdyno(['rnu']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/unknown command 'rnu'[\s\S]*run/);
  });
});

describe.concurrent('bad input is one line, exit 2, and nothing starts', () => {
  const run = async (args: string[], cwd = repository): Promise<string> => {
    const { code, stdout, stderr, tookMs } = await httpdyno(['run', '--no-build', ...args], { cwd });
    expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: '' });
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(tookMs).toBeLessThan(5_000);
    return stderr.trim();
  };

  it.for<[string, string]>([
    ['--rounds', '0'],
    ['--rounds', '-1'],
    ['--rounds', '1.5'],
    ['--rounds', '1e9'],
    ['--duration', '0s'],
    ['--duration', '10'],
    ['--duration', 'NaN'],
    ['--duration', '1e9h'],
    ['--connections', '0'],
    ['--connections', '-4'],
    ['--connections', '1.5'],
    ['--connections', '1000000000'],
    ['--workers', '0'],
    ['--seed', '1.5'],
    ['--seed', 'x'],
    ['--launcher', 'podman'],
    ['--ready-timeout', '0s'],
  ])('B13 B14 B31: %s %s', async ([flag, value]) => {
    const message = await run([`${flag}=${value}`]);
    expect(message.split('\n')).toHaveLength(1);
    expect(message).toContain(flag);
    expect(message).toContain(value);
  });

  it('B22: an unknown target names what there is', async () => {
    expect(await run(['--target', 'no-such'])).toMatch(/--target: no "no-such" here \(there are .*\)/);
  });

  it('B22: an unknown scenario suggests the nearest', async () => {
    expect(await run(['--scenario', '1bk'])).toMatch(/did you mean "1kb"\?/);
  });

  it('an unknown driver names those that there are', async () => {
    expect(await run(['--driver', 'ab'])).toMatch(/--driver: no "ab" here \(there are .*autocannon/);
  });

  it('an unknown flag suggests the nearest', async () => {
    expect(await run(['--connectoins', '5'])).toMatch(/unknown option '--connectoins'[\s\S]*--connections/);
  });

  it('B18: a session name that is a path', async () => {
    expect(await run(['--id', '../x'])).toMatch(/--id/);
  });

  it.for<[string, string, RegExp]>([
    ['B02 empty', '', /small\.yaml: is empty/],
    ['B05 with a tab', 'id: small\n\ttitle: x\n', /small\.yaml:2:\d+: /],
    ['B06 with a duplicate key', `${scenario}id: other\n`, /small\.yaml:10:1: .*unique/],
    ['B07 with an unknown key', `${scenario}warmpu: 1s\n`, /warmpu/],
    ['B13 without a unit', scenario.replace('measure: 1s', 'measure: 10'), /small\.yaml:7:10: measure: /],
    [
      'of another name',
      scenario.replace('id: small', 'id: other'),
      /small\.yaml: id: must be the file's name/,
    ],
  ])('%s scenario file', async ([, text, message], context) => {
    expect(await run([], project(context, { 'small.yaml': text }))).toMatch(message);
  });

  it('leaves no results folder behind', async (context) => {
    const folder = project(context, { 'small.yaml': '' });
    await run([], folder);
    expect(readdirSync(folder).toSorted()).toEqual(['scenarios', 'servers']);
  });
});

describe.concurrent('a stored session that is not there', () => {
  it('is named with what shows the others', async ({ onTestFinished }) => {
    const { code, stderr } = await httpdyno([
      'report',
      'nowhere',
      '--results',
      scratchFolder(onTestFinished),
    ]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/no session "nowhere"[\s\S]*httpdyno list/);
  });
});
