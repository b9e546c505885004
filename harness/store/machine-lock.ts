import { constants, readFileSync, unlinkSync } from 'node:fs';
import { lstat, mkdir, open, readdir, unlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { systemClock } from '../base/clock.ts';
import { errnoOf, HarnessError } from '../base/errors.ts';
import { z } from '../base/schema.ts';
import { diskError } from './atomic-write.ts';

/** The one measurement that this machine can do at a time: two at once would spoil each other. */
export interface MachineLock {
  release(): Promise<void>;
}

/** A process that wants the lock, or has it. Its file is named after it, so that no two claims ever share a name. */
interface Claim {
  file: string;
  startTicks: number;
  pid: number;
  serial: number;
  host: string;
}

const labelSchema = z.object({ since: z.string() });
const PATIENCE_MS = 1_000;
const POLL_MS = 10;
let claimsMade = 0;

/**
 * Takes the machine's lock, which is a folder of claims. Whoever wants it first adds a claim, then looks: it has the lock
 * when there is no other living claim. Of two that see each other the older process stays and the younger gives way, so
 * one of them always wins and never both. A claim of a dead process, or of another one with a reused pid, is removed;
 * as names are never used twice, that cannot remove a living one, however many do it at once.
 */
export async function takeMachineLock(since: string, folder = defaultLockFolder()): Promise<MachineLock> {
  await makePrivateFolder(folder);
  const mine = await makeClaim(folder, since);
  const drop = (): void => removeQuietly(mine.file);
  process.once('exit', drop);
  const release = async (): Promise<void> => {
    process.off('exit', drop);
    await unlink(mine.file).catch(() => undefined);
  };
  try {
    const rival = await rivalOf(mine, folder);
    if (rival !== null) throw lockedBy(rival);
  } catch (error) {
    await release();
    throw error;
  }
  return { release };
}

/** The claim that stands in the way, or null. A younger one may still be giving way; it gets a moment to do so. */
async function rivalOf(mine: Claim, folder: string): Promise<Claim | null> {
  const deadlineUs = systemClock.monotonicUs() + PATIENCE_MS * 1_000;
  for (;;) {
    const [rival] = (await livingClaims(folder)).filter(({ file }) => file !== mine.file);
    if (rival === undefined) return null;
    if (byAge(rival, mine) < 0 || systemClock.monotonicUs() > deadlineUs) return rival;
    await systemClock.sleep(POLL_MS);
  }
}

/** Oldest first; removes the claims of the dead on the way. */
async function livingClaims(folder: string): Promise<Claim[]> {
  const claims = (await readdir(folder)).flatMap((name) => claimOf(folder, name) ?? []);
  const here = claims.filter(({ host }) => host === thisHost());
  for (const dead of here.filter((claim) => !isAlive(claim))) removeQuietly(dead.file);
  return here.filter(isAlive).toSorted(byAge);
}

function byAge(a: Claim, b: Claim): number {
  return a.startTicks - b.startTicks || a.pid - b.pid || a.serial - b.serial;
}

function lockedBy({ pid, file }: Claim): HarnessError {
  return new HarnessError(
    'LOCKED',
    `another measurement runs on this machine: pid ${pid} since ${sinceOf(file)}`,
    { fix: `wait for it, or end it with \`kill ${pid}\`` },
  );
}

function defaultLockFolder(): string {
  return path.join(os.tmpdir(), `httpdyno-lock-${process.getuid?.() ?? 0}`);
}

/** Everybody may write to the folder for temporary files, so what stands there under our name need not be ours. */
async function makePrivateFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (cause) {
    if (errnoOf(cause) !== 'EEXIST') throw diskError(`cannot make the lock ${folder}`, cause);
  }
  const found = await lstat(folder);
  const uid = process.getuid?.() ?? found.uid;
  if (!found.isDirectory() || found.uid !== uid || (found.mode & 0o022) !== 0) {
    throw new HarnessError('PREFLIGHT', `the lock ${folder} is not a folder that only this user can change`, {
      fix: `find out who made it, then remove ${folder}`,
    });
  }
}

async function makeClaim(folder: string, since: string): Promise<Claim> {
  const { pid } = process;
  const startTicks = startTicksOf(pid) ?? 0;
  const serial = claimsMade++;
  const host = thisHost();
  const file = path.join(folder, `${host}.${startTicks}.${pid}.${serial}`);
  const { O_CREAT, O_EXCL, O_WRONLY, O_NOFOLLOW } = constants;
  try {
    const handle = await open(file, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, 0o600);
    await handle.writeFile(JSON.stringify({ since }));
    await handle.close();
  } catch (cause) {
    removeQuietly(file);
    throw diskError(`cannot make the lock ${file}`, cause);
  }
  return { file, startTicks, pid, serial, host };
}

/** Dots separate the parts of a claim's name. */
function thisHost(): string {
  return os.hostname().replace(/[^\w-]/g, '_');
}

function claimOf(folder: string, name: string): Claim | null {
  const match = /^([\w-]+)\.(\d+)\.(\d+)\.(\d+)$/.exec(name);
  if (match?.[1] === undefined) return null;
  const [startTicks = 0, pid = 0, serial = 0] = match.slice(2).map(Number);
  return { file: path.join(folder, name), host: match[1], startTicks, pid, serial };
}

function sinceOf(file: string): string {
  try {
    return labelSchema.parse(JSON.parse(readFileSync(file, 'utf8'))).since;
  } catch {
    return 'just now';
  }
}

function isAlive({ pid, startTicks }: Claim): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (errnoOf(error) !== 'EPERM') return false;
  }
  const ticks = startTicksOf(pid);
  return ticks === null || startTicks === 0 || ticks === startTicks;
}

/** When a process started, in clock ticks since boot: with the pid, an identity that is never reused. */
function startTicksOf(pid: number): number | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Field 22; the command in field 2 may hold spaces and brackets, so counting starts after the last bracket.
    return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[19]);
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
