import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeMachineLock } from '../../harness/store/machine-lock.ts';

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'httpdyno-lock-'));
  file = path.join(folder, 'lock');
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const since = '2026-01-01T00:00:00.000Z';

describe('the lock of the machine', () => {
  it('F26: is refused while another holds it, with pid, since and exit code 4', async () => {
    const lock = await takeMachineLock(since, file);
    await expect(takeMachineLock(since, file)).rejects.toThrow(
      expect.objectContaining({
        code: 'LOCKED',
        exitCode: 4,
        message: expect.stringContaining(`pid ${process.pid} since ${since}`),
      }),
    );
    await lock.release();
    expect(existsSync(file)).toBe(false);
    await (await takeMachineLock(since, file)).release();
  });

  it('F26: of a dead process is reclaimed', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await new Promise((resolve) => child.once('exit', resolve));
    writeFileSync(file, JSON.stringify({ pid: child.pid, startTicks: '1', host: os.hostname(), since }));
    await (await takeMachineLock(since, file)).release();
  });

  it.runIf(existsSync('/proc/self/stat'))(
    'F26: of another process that got the same pid is reclaimed',
    async () => {
      writeFileSync(file, JSON.stringify({ pid: process.pid, startTicks: '1', host: os.hostname(), since }));
      await (await takeMachineLock(since, file)).release();
    },
  );

  it.each(['', 'rubbish', '{"pid":"x"}'])('that is damaged (%j) is reclaimed', async (content) => {
    writeFileSync(file, content);
    await (await takeMachineLock(since, file)).release();
  });

  it('S20: is never written through a planted symlink', async () => {
    const victim = path.join(folder, 'victim');
    symlinkSync(victim, file);
    await (await takeMachineLock(since, file)).release();
    expect(existsSync(victim)).toBe(false);
  });
});
