import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { HarnessError } from '../base/errors.ts';
import { runCommand } from '../base/subprocess.ts';
import { CHECKOUT_PREFIX } from './gate-leftovers.ts';

/** A commit checked out into a folder of its own. */
export interface Worktree {
  /** The root of the checkout. */
  folder: string;
  commit: string;
  remove: () => Promise<void>;
}

const GIT_TIMEOUT_MS = 120_000;

/** The commit that a name stands for in the repository around a folder, or null where it is no ref there. */
export async function commitOf(folder: string, ref: string): Promise<string | null> {
  if (ref.startsWith('-')) return null;
  const { exitCode, stdout } = await git(folder, [
    'rev-parse',
    '--verify',
    '--quiet',
    '--end-of-options',
    `${ref}^{commit}`,
  ]);
  return exitCode === 0 && /^[0-9a-f]{40,64}$/.test(stdout) ? stdout : null;
}

/** The root of the repository around a folder, or null outside of one. */
export async function repositoryRoot(folder: string): Promise<string | null> {
  const { exitCode, stdout } = await git(folder, ['rev-parse', '--show-toplevel']);
  return exitCode === 0 && stdout !== '' ? stdout : null;
}

/** Checks a commit out into a temporary folder; the user's own checkout is not touched. */
export async function addWorktree(repository: string, commit: string): Promise<Worktree> {
  const parent = await mkdtemp(path.join(os.tmpdir(), CHECKOUT_PREFIX));
  const folder = path.join(parent, commit.slice(0, 12));
  const { exitCode, stderr } = await git(repository, [
    'worktree',
    'add',
    '--detach',
    '--quiet',
    folder,
    commit,
  ]);
  const remove = async (): Promise<void> => {
    await git(repository, ['worktree', 'remove', '--force', folder]);
    await rm(parent, { recursive: true, force: true });
    await git(repository, ['worktree', 'prune']);
  };
  if (exitCode !== 0) {
    await remove();
    const why = stderr.split('\n').find((line) => line !== '') ?? 'git failed';
    throw new HarnessError('USAGE', `${commit.slice(0, 12)} cannot be checked out: ${why}`);
  }
  return { folder, commit, remove };
}

function git(folder: string, args: readonly string[]): ReturnType<typeof runCommand> {
  return runCommand({ file: 'git', args: ['-C', folder, ...args] }, { timeoutMs: GIT_TIMEOUT_MS });
}
