import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { takeMachineLock } from '../../harness/store/machine-lock.ts';
import { eventually, scratchFolder } from '../support/cli.ts';

let folder = '';
beforeEach(() => {
  folder = path.join(scratchFolder(), 'lock');
});

const since = '2026-01-01T00:00:00.000Z';
const host = os.hostname().replace(/[^\w-]/g, '_');

/** A claim as its process would have left it. */
function plant(claim: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = path.join(folder, claim);
  writeFileSync(file, JSON.stringify({ since }));
  return file;
}

describe('the lock of the machine', () => {
  it('F26: is refused while another holds it, with pid, since and exit code 4', async () => {
    const lock = await takeMachineLock(since, folder);
    await expect(takeMachineLock(since, folder)).rejects.toThrow(
      expect.objectContaining({
        code: 'LOCKED',
        exitCode: 4,
        message: expect.stringContaining(`pid ${process.pid} since ${since}`),
      }),
    );
    expect(readdirSync(folder)).toHaveLength(1);
    await lock.release();
    expect(readdirSync(folder)).toEqual([]);
    await (await takeMachineLock(since, folder)).release();
  });

  it('F26: of a dead process is reclaimed', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await new Promise((resolve) => child.once('exit', resolve));
    const stale = plant(`${host}.1.${child.pid}.0`);
    await (await takeMachineLock(since, folder)).release();
    expect(existsSync(stale)).toBe(false);
  });

  it.runIf(existsSync('/proc/self/stat'))(
    'F26: of another process that got the same pid is reclaimed',
    async () => {
      plant(`${host}.1.${process.pid}.0`);
      await (await takeMachineLock(since, folder)).release();
    },
  );

  it('is held by nobody whose name says nothing, or who is on another machine', async () => {
    plant('rubbish');
    plant(`elsewhere.1.${process.pid}.0`);
    const lock = await takeMachineLock(since, folder);
    expect(readdirSync(folder)).toContain(`elsewhere.1.${process.pid}.0`);
    await lock.release();
  });

  it('holds although its label cannot be read', async () => {
    const lock = await takeMachineLock(since, folder);
    const [name = ''] = readdirSync(folder);
    writeFileSync(path.join(folder, name), '{"since":');
    await expect(takeMachineLock(since, folder)).rejects.toThrow(/since just now/);
    await lock.release();
  });

  it('S20: is readable by nobody else', async () => {
    const lock = await takeMachineLock(since, folder);
    const [name = ''] = readdirSync(folder);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(path.join(folder, name)).mode & 0o777).toBe(0o600);
    await lock.release();
  });

  it('S20: is refused where somebody planted a link, a file or an open folder under its name', async () => {
    const refused = expect.objectContaining({ code: 'PREFLIGHT', exitCode: 4 });
    const elsewhere = scratchFolder();
    symlinkSync(elsewhere, folder);
    await expect(takeMachineLock(since, folder)).rejects.toThrow(refused);
    expect(readdirSync(elsewhere)).toEqual([]);
    writeFileSync(`${folder}-file`, 'theirs');
    await expect(takeMachineLock(since, `${folder}-file`)).rejects.toThrow(refused);
    expect(readFileSync(`${folder}-file`, 'utf8')).toBe('theirs');
    mkdirSync(`${folder}-open`);
    chmodSync(`${folder}-open`, 0o777);
    await expect(takeMachineLock(since, `${folder}-open`)).rejects.toThrow(refused);
  });
});

interface Contender {
  child: ChildProcess;
  isReady: () => boolean;
  said: () => string;
}

function contender(): Contender {
  const child = spawn(
    process.execPath,
    [path.join(import.meta.dirname, 'fixtures', 'contender.ts'), folder],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  let output = '';
  child.stdout.on('data', (chunk) => (output += String(chunk)));
  return { child, isReady: () => output.includes('ready'), said: () => output.replace('ready\n', '').trim() };
}

async function ended(contenders: readonly Contender[]): Promise<void> {
  await Promise.all(
    contenders.map(async ({ child }) => {
      const exit = new Promise((resolve) => child.once('exit', resolve));
      child.stdin?.end();
      if (child.exitCode === null && child.signalCode === null) await exit;
    }),
  );
}

describe('processes that want the lock at the same time', () => {
  it('F26: find a stale one, and exactly one of them gets it', { timeout: 60_000 }, async () => {
    const contenders = Array.from({ length: 4 }, contender);
    try {
      expect(await eventually(() => contenders.every(({ isReady }) => isReady()), 20_000)).toBe(true);
      for (let round = 0; round < 3; round++) plant(`${host}.1.${4_000_000 + round}.0`);
      for (const { child } of contenders) child.stdin?.write('go\n');
      expect(await eventually(() => contenders.every(({ said }) => said() !== ''), 20_000)).toBe(true);
      expect(contenders.map(({ said }) => said()).toSorted()).toEqual(['LOCKED', 'LOCKED', 'LOCKED', 'mine']);
    } finally {
      await ended(contenders);
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  it('F26: never both hold it when the holder is killed just then', { timeout: 60_000 }, async () => {
    const [holder, ...others] = Array.from({ length: 3 }, contender);
    if (holder === undefined) throw new Error('no contender');
    try {
      expect(await eventually(() => [holder, ...others].every(({ isReady }) => isReady()), 20_000)).toBe(
        true,
      );
      holder.child.stdin?.write('go\n');
      expect(await eventually(() => holder.said() === 'mine')).toBe(true);
      holder.child.kill('SIGKILL');
      await new Promise((resolve) => holder.child.once('exit', resolve));
      for (const { child } of others) child.stdin?.write('go\n');
      expect(await eventually(() => others.every(({ said }) => said() !== ''), 20_000)).toBe(true);
      expect(others.map(({ said }) => said()).toSorted()).toEqual(['LOCKED', 'mine']);
    } finally {
      await ended(others);
    }
  });
});
