import { constants, readFileSync, unlinkSync } from 'node:fs';
import { open, unlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { errnoOf, HarnessError } from '../base/errors.ts';
import { z } from '../base/schema.ts';
import { diskError } from './atomic-write.ts';

const holderSchema = z.object({ pid: z.int(), startTicks: z.string(), host: z.string(), since: z.string() });
type Holder = z.infer<typeof holderSchema>;

/** The one measurement that this machine can do at a time: two at once would spoil each other. */
export interface MachineLock {
  release(): Promise<void>;
}

/** Takes the machine's lock. A lock whose process is gone, or is another one with a reused pid, is reclaimed. */
export async function takeMachineLock(since: string, file = defaultLockFile()): Promise<MachineLock> {
  const mine: Holder = {
    pid: process.pid,
    startTicks: startTicks(process.pid) ?? '',
    host: os.hostname(),
    since,
  };
  for (let attempt = 0; attempt < 3; attempt++) {
    if (await createExclusively(file, JSON.stringify(mine))) {
      const drop = (): void => removeQuietly(file);
      process.once('exit', drop);
      return {
        release: async () => {
          process.off('exit', drop);
          await unlink(file).catch(() => undefined);
        },
      };
    }
    const holder = readHolder(file);
    if (holder !== null && isAlive(holder)) {
      throw new HarnessError(
        'LOCKED',
        `another measurement runs on this machine: pid ${holder.pid} since ${holder.since}`,
        {
          fix: `wait for it, or end it with \`kill ${holder.pid}\``,
        },
      );
    }
    removeQuietly(file);
  }
  throw new HarnessError('LOCKED', `the lock ${file} cannot be taken`, { fix: `remove ${file}` });
}

function defaultLockFile(): string {
  return path.join(os.tmpdir(), `httpdyno-${process.getuid?.() ?? 0}.lock`);
}

async function createExclusively(file: string, content: string): Promise<boolean> {
  const { O_CREAT, O_EXCL, O_WRONLY, O_NOFOLLOW } = constants;
  try {
    const handle = await open(file, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, 0o600);
    await handle.writeFile(content);
    await handle.close();
    return true;
  } catch (cause) {
    if (errnoOf(cause) === 'EEXIST') return false;
    throw diskError(`cannot make the lock ${file}`, cause);
  }
}

function readHolder(file: string): Holder | null {
  try {
    return holderSchema.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data ?? null;
  } catch {
    return null;
  }
}

function isAlive(holder: Holder): boolean {
  if (holder.host !== os.hostname()) return false;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if (errnoOf(error) !== 'EPERM') return false;
  }
  const ticks = startTicks(holder.pid);
  return ticks === null || holder.startTicks === '' || ticks === holder.startTicks;
}

/** When a process started, in clock ticks since boot: with the pid, an identity that is never reused. */
function startTicks(pid: number): string | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Field 22; the command in field 2 may hold spaces and brackets, so counting starts after the last bracket.
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

function removeQuietly(file: string): void {
  try {
    unlinkSync(file);
  } catch {
    // Somebody else removed it first: just what was wanted.
  }
}
