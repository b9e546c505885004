import { constants } from 'node:fs';
import { mkdir, open, readdir, rename, unlink } from 'node:fs/promises';
import path from 'node:path';
import { errnoOf, HarnessError, messageOf } from '../base/errors.ts';
import { secureToken } from '../base/random.ts';

const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;
/** As large as a disk's block, so that a full disk shows. */
const PROBE = new Uint8Array(4_096);

/**
 * Replaces a file whole or not at all: a new file beside it (refusing whatever already has that name), every byte
 * written and synced, renamed over the old one, and the folder synced. On any error the old file is untouched, the new
 * one removed, and a DISK error names the errno.
 */
export async function writeAtomically(file: string, content: string | Uint8Array): Promise<void> {
  const temporary = path.join(path.dirname(file), temporaryName(path.basename(file)));
  try {
    await writeWhole(temporary, content);
    await rename(temporary, file);
    await syncFolder(path.dirname(file));
  } catch (cause) {
    await unlink(temporary).catch(() => undefined);
    throw diskError(`cannot write ${file}`, cause);
  }
}

/** The process that writes it is part of its name, so that leftovers of the dead can be told from work in progress. */
function temporaryName(name: string): string {
  return `.${name}.${process.pid}.${secureToken(6)}.tmp`;
}

/** Removes what writers that were killed left in a folder and in those right below it; returns the paths. */
export async function sweepTemporaries(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const below = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const swept: string[] = [];
  for (const place of ['.', ...below]) {
    for (const name of await readdir(path.join(folder, place)).catch(() => [])) {
      const pid = /^\..+\.(\d+)\.[0-9a-f]{12}\.tmp$/.exec(name)?.[1];
      if (pid === undefined || isAlive(Number(pid))) continue;
      const file = path.join(folder, place, name);
      await unlink(file).then(
        () => swept.push(file),
        () => undefined,
      );
    }
  }
  return swept;
}

/** Makes a folder and its parents, for their owner alone; a DISK error names the errno. */
export async function ensureFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER });
  } catch (cause) {
    throw diskError(`cannot make the folder ${folder}`, cause);
  }
}

/** Makes the folder and proves, by a file that is removed at once, that it can be written to. */
export async function refuseUnwritable(folder: string): Promise<void> {
  await ensureFolder(folder);
  const probe = path.join(folder, temporaryName('probe'));
  try {
    await writeWhole(probe, PROBE);
  } catch (cause) {
    throw diskError(`cannot write to ${folder}`, cause);
  } finally {
    await unlink(probe).catch(() => undefined);
  }
}

export function diskError(what: string, cause: unknown): HarnessError {
  const why = errnoOf(cause) ?? messageOf(cause);
  return new HarnessError('DISK', `${what}: ${why}`, {
    fix: 'free space or permissions there, or choose --results',
    cause,
  });
}

async function writeWhole(file: string, content: string | Uint8Array): Promise<void> {
  const { O_CREAT, O_EXCL, O_WRONLY, O_NOFOLLOW } = constants;
  const handle = await open(file, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, PRIVATE_FILE);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A process of somebody else (EPERM) lives too. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return errnoOf(error) === 'EPERM';
  }
}
