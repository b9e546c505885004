import { lstat, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { runCommand } from '../base/subprocess.ts';

/** Checkouts of git refs, and folders that images are made in: both stand in the temporary folder under these names. */
export const CHECKOUT_PREFIX = 'httpdyno-ref-';
export const IMAGE_PREFIX = 'httpdyno-image-';

const GIT_TIMEOUT_MS = 30_000;

/**
 * Removes what a gate that was killed left in the temporary folder, and what its repositories still know of it. Only whoever
 * holds the machine's lock may call this: no other gate runs then, so all that bears our name belongs to a dead one.
 */
export async function sweepCheckouts(folder = os.tmpdir()): Promise<string[]> {
  const swept: string[] = [];
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.startsWith(CHECKOUT_PREFIX) && !name.startsWith(IMAGE_PREFIX)) continue;
    const left = path.join(folder, name);
    if (!(await isOurFolder(left))) continue;
    const repositories = await repositoriesOf(left);
    await rm(left, { recursive: true, force: true });
    for (const repository of repositories) await git(['--git-dir', repository, 'worktree', 'prune']);
    swept.push(left);
  }
  return swept;
}

async function isOurFolder(left: string): Promise<boolean> {
  const found = await lstat(left).catch(() => null);
  return found?.isDirectory() === true && found.uid === process.getuid?.();
}

/** The repositories whose checkouts stand in a folder. */
async function repositoriesOf(left: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of await readdir(left)) {
    const checkout = path.join(left, name);
    if (!(await isOurFolder(checkout))) continue;
    const args = ['-C', checkout, 'rev-parse', '--path-format=absolute', '--git-common-dir'];
    const { exitCode, stdout } = await git(args);
    if (exitCode === 0 && stdout !== '') found.push(stdout);
  }
  return found;
}

function git(args: readonly string[]): ReturnType<typeof runCommand> {
  return runCommand({ file: 'git', args }, { timeoutMs: GIT_TIMEOUT_MS });
}
