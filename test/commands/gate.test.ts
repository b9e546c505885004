import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CommandContext } from '../../harness/commands/context.ts';
import { nameArm } from '../../harness/commands/gate-arms.ts';
import { exitCodeOfGate } from '../../harness/commands/gate-measure.ts';
import { readWaivers, strayWaivers } from '../../harness/commands/gate-waivers.ts';
import { addWorktree, commitOf, repositoryRoot } from '../../harness/commands/gate-worktree.ts';
import type { GateVerdict } from '../../harness/model/gate-report.ts';
import type { GateRecord } from '../../harness/model/gate-record.ts';
import { systemClock } from '../../harness/base/clock.ts';
import { scratchFolder } from '../support/cli.ts';
import { targetSpec } from '../support/factories.ts';
import { judgedRecord } from '../support/gate.ts';

function contextIn(cwd: string): CommandContext {
  return {
    clock: systemClock,
    out: () => undefined,
    err: () => undefined,
    terminal: { columns: 100, colour: false, interactive: false },
    cwd,
    project: cwd,
    version: '0.1.0',
    argv: [],
    interruption: new AbortController(),
  };
}

/** A repository with one commit and a file that can be executed. */
function repository(): { cwd: string; commit: string } {
  const cwd = scratchFolder();
  writeFileSync(path.join(cwd, 'server.sh'), 'exit 0\n');
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', '-C', cwd, ...args], {
      encoding: 'utf8',
    }).trim();
  git('init', '--quiet', '--initial-branch', 'trunk');
  git('add', '.');
  git('commit', '--quiet', '-m', 'one');
  return { cwd, commit: git('rev-parse', 'HEAD') };
}

describe('what an arm stands for', () => {
  const world = (folder: string): Parameters<typeof nameArm>[1] => ({
    context: contextIn(folder),
    specs: [targetSpec('tokio'), targetSpec('trunk-like')],
  });

  it.each([
    ['tokio', { kind: 'target', value: 'tokio' }],
    ['node server.js', { kind: 'command', value: 'node server.js' }],
    ['server.sh', { kind: 'command', value: 'server.sh' }],
    ['app:1.4', { kind: 'image', value: 'app:1.4' }],
    [
      'registry.example/team/app@sha256:abc',
      { kind: 'image', value: 'registry.example/team/app@sha256:abc' },
    ],
    ['localhost:5000/app:1', { kind: 'image', value: 'localhost:5000/app:1' }],
    ['app:1@sha256:abc', { kind: 'image', value: 'app:1@sha256:abc' }],
    ['cmd:trunk', { kind: 'command', value: 'trunk' }],
    ['image:tokio:1', { kind: 'image', value: 'tokio:1' }],
    ['target:tokio', { kind: 'target', value: 'tokio' }],
  ])('%s', async (given, expected) => {
    expect(await nameArm(given, world(repository().cwd))).toEqual({ given, ...expected });
  });

  it('a branch, a commit and HEAD are the commit that they mean', async () => {
    const made = repository();
    for (const given of ['trunk', 'HEAD', made.commit, made.commit.slice(0, 10), 'git:trunk']) {
      expect(await nameArm(given, world(made.cwd))).toEqual({ given, kind: 'ref', value: made.commit });
    }
  });

  it.each([['nonsense'], ['target:nobody'], ['git:nobody'], ['--upload-pack=x'], ['image:UPPER']])(
    'nothing: %s is refused with every way to say it',
    async (given) => {
      await expect(nameArm(given, world(repository().cwd))).rejects.toMatchObject({
        code: 'TARGET_UNKNOWN',
        fix: expect.stringContaining('git:<ref>'),
      });
    },
  );
});

describe('the checkout of a commit', () => {
  it('stands apart from the one of the user, and leaves nothing behind', async () => {
    const { cwd, commit } = repository();
    writeFileSync(path.join(cwd, 'server.sh'), 'changed, not committed\n');
    expect(await repositoryRoot(cwd)).toBe(realpathSync(cwd));
    const worktree = await addWorktree(cwd, commit);
    expect(readFileSync(path.join(worktree.folder, 'server.sh'), 'utf8')).toBe('exit 0\n');
    expect(readFileSync(path.join(cwd, 'server.sh'), 'utf8')).toBe('changed, not committed\n');
    await worktree.remove();
    expect(existsSync(worktree.folder)).toBe(false);
    expect(existsSync(path.dirname(worktree.folder))).toBe(false);
    const listed = execFileSync('git', ['-C', cwd, 'worktree', 'list'], { encoding: 'utf8' });
    expect(listed.trim().split('\n')).toHaveLength(1);
  });

  it('of a commit that is not there is refused, and leaves nothing behind either', async () => {
    const { cwd } = repository();
    await expect(addWorktree(cwd, 'f'.repeat(40))).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('is not attempted outside of a repository, nor for what looks like an option', async () => {
    const folder = scratchFolder();
    expect(await commitOf(folder, 'HEAD')).toBeNull();
    expect(await commitOf(repository().cwd, '--all')).toBeNull();
  });
});

describe('the exit code of a gate', () => {
  const green = judgedRecord();
  const ended = (verdict: GateVerdict, change: Partial<GateRecord> = {}): number =>
    exitCodeOfGate({ ...green, report: { verdict, why: '', cells: [], sentinel: [] }, ...change });

  it.each([
    ['pass', 0],
    ['regression', 1],
    ['invalid', 3],
    ['inconclusive', 0],
  ] as const)('%s is %i', (verdict, code) => {
    expect(ended(verdict)).toBe(code);
  });

  it('of an inconclusive run is 1 where the user said so', () => {
    expect(ended('inconclusive', { settings: { ...green.settings, onInconclusive: 'fail' } })).toBe(1);
  });

  it('of an advisory or absolute run is 0, whatever it shows', () => {
    for (const mode of ['advisory', 'absolute'] as const) expect(ended('regression', { mode })).toBe(0);
  });

  it('fails closed without a report, and tells an interruption apart', () => {
    expect(exitCodeOfGate({ ...green, report: null })).toBe(3);
    expect(ended('pass', { status: 'interrupted' })).toBe(130);
  });
});

describe('waivers', () => {
  const waiver = {
    targetId: 'app',
    scenarioId: 'home',
    metric: 'cpuUsPerRequest' as const,
    maxSlowdown: 0.1,
    expires: '2027-01-31',
    reason: 'parser',
  };

  it('come from the file that is named, else from the project, else there are none', async () => {
    const cwd = scratchFolder();
    const context = contextIn(cwd);
    const text =
      'waivers:\n  - { targetId: app, scenarioId: home, metric: cpuUsPerRequest, maxSlowdown: 0.1, expires: 2027-01-31, reason: parser }\n';
    writeFileSync(path.join(cwd, 'waivers.yaml'), text);
    expect(await readWaivers(context, { waivers: 'waivers.yaml' }, null)).toEqual([waiver]);
    const own = { file: '', targets: [], scenarios: [], waivers: [{ ...waiver, reason: 'own' }] };
    expect((await readWaivers(context, {}, own))[0]?.reason).toBe('own');
    expect(await readWaivers(context, {}, null)).toEqual([]);
  });

  it.each([
    [
      'without an expiry',
      'waivers: [{ targetId: a, scenarioId: b, metric: cpuUsPerRequest, maxSlowdown: 0.1, reason: c }]',
    ],
    [
      'with a day that does not exist',
      'waivers: [{ targetId: a, scenarioId: b, metric: cpuUsPerRequest, maxSlowdown: 0.1, expires: 2027-02-31, reason: c }]',
    ],
    [
      'without a limit',
      'waivers: [{ targetId: a, scenarioId: b, metric: cpuUsPerRequest, maxSlowdown: 0, expires: 2027-01-31, reason: c }]',
    ],
    [
      'of an unknown metric',
      'waivers: [{ targetId: a, scenarioId: b, metric: speed, maxSlowdown: 0.1, expires: 2027-01-31, reason: c }]',
    ],
  ])('%s are refused', async (_, text) => {
    const cwd = scratchFolder();
    writeFileSync(path.join(cwd, 'w.yaml'), text);
    await expect(readWaivers(contextIn(cwd), { waivers: 'w.yaml' }, null)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
  });

  it('of a cell that is not there are told, unless flags left that cell out', () => {
    const { pairs: recorded, scenarios } = judgedRecord();
    const there = { recorded, scenarios };
    const own = { ...waiver, targetId: 'server', scenarioId: 'small' };
    expect(strayWaivers([own, waiver], there, {})).toEqual([
      'the waiver of app home is of no cell of this run (server small)',
    ]);
    expect(strayWaivers([waiver], there, { scenario: ['small'] })).toEqual([]);
  });

  it('that are not there fail now, not after the measurement', async () => {
    await expect(readWaivers(contextIn(scratchFolder()), { waivers: 'w.yaml' }, null)).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
    });
  });
});
