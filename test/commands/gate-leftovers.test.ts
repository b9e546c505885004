import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { sweepCheckouts } from '../../harness/commands/gate-leftovers.ts';
import { scratchFolder } from '../support/cli.ts';

/** A repository with one commit. */
function repository(): { cwd: string; git: (...args: string[]) => string } {
  const cwd = scratchFolder();
  writeFileSync(path.join(cwd, 'server.mjs'), 'export {};\n');
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', '-C', cwd, ...args], {
      encoding: 'utf8',
    }).trim();
  git('init', '--quiet');
  git('add', '.');
  git('commit', '--quiet', '-m', 'one');
  return { cwd, git };
}

describe('what a killed gate leaves in the temporary folder', () => {
  it('is removed at the next start, and the repository forgets its checkout', async () => {
    const { git } = repository();
    const tmp = scratchFolder();
    const left = path.join(tmp, 'httpdyno-ref-abc');
    mkdirSync(left);
    git('worktree', 'add', '--detach', '--quiet', path.join(left, 'commit'), 'HEAD');
    expect(git('worktree', 'list').split('\n')).toHaveLength(2);
    expect(await sweepCheckouts(tmp)).toEqual([left]);
    expect(existsSync(left)).toBe(false);
    expect(git('worktree', 'list').split('\n')).toHaveLength(1);
  });

  it('is removed also where its repository is gone, or an image was to be made in it', async () => {
    const tmp = scratchFolder();
    for (const name of ['httpdyno-ref-empty', 'httpdyno-image-x'])
      mkdirSync(path.join(tmp, name, 'inner'), { recursive: true });
    expect(await sweepCheckouts(tmp)).toHaveLength(2);
  });

  it('is told from what others left there: no other name, no file, no link is touched', async () => {
    const tmp = scratchFolder();
    const precious = scratchFolder();
    writeFileSync(path.join(precious, 'kept'), '');
    mkdirSync(path.join(tmp, 'somebody-elses'));
    writeFileSync(path.join(tmp, 'httpdyno-ref-file'), '');
    symlinkSync(precious, path.join(tmp, 'httpdyno-ref-link'));
    expect(await sweepCheckouts(tmp)).toEqual([]);
    expect(existsSync(path.join(precious, 'kept'))).toBe(true);
    expect(existsSync(path.join(tmp, 'somebody-elses'))).toBe(true);
  });

  it('is nothing where there is no such folder', async () => {
    expect(await sweepCheckouts('/no/such/folder')).toEqual([]);
  });
});
