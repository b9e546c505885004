import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeAtomically } from '../../harness/store/atomic-write.ts';
import { checkSeal } from '../../harness/store/seal.ts';
import { createSessionStore, parseSession } from '../../harness/store/session-store.ts';
import { plannedTrial, session } from '../support/factories.ts';
import { httpdyno, scratchFolder } from '../support/cli.ts';
import { mountTmpfs, needsRoot, remount } from '../support/privileged.ts';
import { processesWith } from '../support/processes.ts';
import { failingDisk } from './failing-disk.ts';

const isDisk = (errno: string): unknown =>
  expect.objectContaining({ code: 'DISK', exitCode: 5, message: expect.stringContaining(errno) });

const writer = path.join(import.meta.dirname, '..', 'store', 'fixtures', 'writer.ts');

describe('F24 a disk that is full', () => {
  it('leaves the old file byte for byte, and no temporary one', async (context) => {
    needsRoot(context, 'mount');
    const folder = scratchFolder();
    mountTmpfs(context, folder, 'size=256k');
    const file = path.join(folder, 'a.json');
    const old = 'o'.repeat(150 * 1_024);
    await writeAtomically(file, old);
    await expect(writeAtomically(file, 'n'.repeat(150 * 1_024))).rejects.toThrow(isDisk('ENOSPC'));
    expect(readFileSync(file, 'utf8')).toBe(old);
    expect(readdirSync(folder)).toEqual(['a.json']);
  });

  it('in the middle of a session ends it with exit code 5, the last whole record kept', async (context) => {
    needsRoot(context, 'mount');
    const results = scratchFolder();
    mountTmpfs(context, results, 'size=256k');
    const store = await createSessionStore(results, 'full');
    const saved = session([plannedTrial()]);
    await store.save(saved);
    const before = readFileSync(path.join(store.folder, 'session.json'));
    const grown = { ...saved, argv: ['x'.repeat(300 * 1_024)] };
    await expect(store.save(grown)).rejects.toThrow(isDisk('ENOSPC'));
    expect(readFileSync(path.join(store.folder, 'session.json')).equals(before)).toBe(true);
    expect(readdirSync(store.folder)).toEqual(['session.json']);
  });

  it('is noticed before any target starts', async (context) => {
    needsRoot(context, 'mount');
    const results = scratchFolder();
    mountTmpfs(context, results, 'size=256k');
    spawnSync('dd', ['if=/dev/zero', `of=${path.join(results, 'filler')}`, 'bs=4k']);
    await expectRefusal(results, 'ENOSPC');
    expect(readdirSync(results)).toEqual(['filler']);
  });
});

/** A run that cannot keep its results: exit 5, one sentence and its fix, nothing started. */
async function expectRefusal(
  results: string,
  errno: string,
  env: Record<string, string> = {},
): Promise<void> {
  const id = `unwritable-${errno.toLowerCase()}`;
  const args = ['run', '--no-build', '--target', 'node-http', '--scenario', '1kb', '--results', results];
  const { code, stdout, stderr } = await httpdyno([...args, '--id', id], { env });
  expect({ code, stdout }, stderr).toEqual({ code: 5, stdout: '' });
  expect(stderr).toMatch(new RegExp(`^httpdyno: cannot .*: ${errno}\\n {2}fix: .*--results\\n$`));
  expect(processesWith(`HTTPDYNO_SESSION=${id}`)).toEqual([]);
}

describe('F25 a disk that cannot be written', () => {
  it('EROFS: names the errno, and is noticed before any target starts', async (context) => {
    needsRoot(context, 'mount');
    const results = scratchFolder();
    mountTmpfs(context, results, 'size=256k');
    const file = path.join(results, 'a.json');
    await writeAtomically(file, 'old');
    remount(results, 'ro');
    await expect(writeAtomically(file, 'new')).rejects.toThrow(isDisk('EROFS'));
    expect(readFileSync(file, 'utf8')).toBe('old');
    await expectRefusal(results, 'EROFS');
  });

  it('EACCES: somebody else’s folder is left as it was', (context) => {
    needsRoot(context);
    const folder = scratchFolder();
    chmodSync(folder, 0o755);
    const file = path.join(folder, 'a.json');
    writeFileSync(file, 'old');
    const { stdout } = spawnSync(process.execPath, [writer, file, 'as-nobody'], { encoding: 'utf8' });
    expect(stdout).toBe(`5 cannot write ${file}: EACCES`);
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['a.json']);
  });

  it('EMFILE: no file left to open is named, and harms nothing', (context) => {
    needsRoot(context, 'prlimit');
    const file = path.join(scratchFolder(), 'a.json');
    writeFileSync(file, 'old');
    const args = ['--nofile=64:64', process.execPath, writer, file, 'without-files'];
    const { stdout, stderr } = spawnSync('prlimit', args, { encoding: 'utf8' });
    expect(stdout, stderr).toBe(`5 cannot write ${file}: EMFILE`);
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect(readdirSync(path.dirname(file))).toEqual(['a.json']);
  });

  it('ENOTDIR: a results folder that is a file is refused before any target starts', async () => {
    const results = path.join(scratchFolder(), 'file');
    writeFileSync(results, 'mine');
    const { code, stderr } = await httpdyno([
      'run',
      '--no-build',
      '--target',
      'node-http',
      '--results',
      results,
    ]);
    expect(code, stderr).toBe(5);
    expect(stderr).toMatch(/cannot make the folder .*(EEXIST|ENOTDIR)/);
    expect(readFileSync(results, 'utf8')).toBe('mine');
  });

  it.for<{ call: 'write' | 'fsync'; errno: 'EIO' | 'EDQUOT' }>([
    { call: 'write', errno: 'EIO' },
    { call: 'fsync', errno: 'EIO' },
    { call: 'write', errno: 'EDQUOT' },
  ])(
    '$errno of a $call: names the errno, and leaves the old file and no other',
    ({ call, errno }, context) => {
      const environment = failingDisk(context);
      const folder = scratchFolder();
      const file = path.join(folder, 'a.json');
      writeFileSync(file, 'old');
      const { stdout, stderr } = spawnSync(process.execPath, [writer, file], {
        encoding: 'utf8',
        env: environment({ under: folder, call, errno }),
      });
      expect(stdout, stderr).toBe(`5 cannot write ${file}: ${errno}`);
      expect(readFileSync(file, 'utf8')).toBe('old');
      expect(readdirSync(folder)).toEqual(['a.json']);
    },
  );

  it('EIO: a disk that fails from the start is noticed before any target starts', async (context) => {
    const environment = failingDisk(context);
    const results = scratchFolder();
    await expectRefusal(results, 'EIO', environment({ under: results, errno: 'EIO' }));
    expect(readdirSync(results)).toEqual([]);
  });

  it('EIO: a disk that fails half-way ends the run with exit code 5, the last whole record kept, nothing left', async (context) => {
    const environment = failingDisk(context);
    const results = scratchFolder();
    const run = ['run', '--no-build', '--target', 'node-http', '--scenario', '1kb', '--results', results];
    const short = [
      '--rounds',
      '3',
      '--duration',
      '100ms',
      '--warmup',
      '0s',
      '--connections',
      '2',
      '--driver',
      'dyno',
    ];
    // The first write begins the session, the second records the first trial.
    const under = path.join(results, 'halfway');
    const env = environment({ under, errno: 'EIO', from: 3 });
    const { code, stdout, stderr } = await httpdyno([...run, ...short, '--id', 'halfway'], { env });
    expect({ code, stdout }, stderr).toEqual({ code: 5, stdout: '' });
    expect(stderr).toMatch(/\nhttpdyno: cannot write .*session\.json: EIO\n {2}fix: .*--results\n$/);
    const folder = path.join(results, 'halfway');
    expect(readdirSync(folder)).toEqual(['session.json']);
    const text = readFileSync(path.join(folder, 'session.json'), 'utf8');
    expect(checkSeal(text)).toBe('intact');
    const { trials, plan, status } = parseSession(text, 'session.json');
    expect({ status, planned: plan.trials.length }).toEqual({ status: 'running', planned: 3 });
    expect(trials.length).toBeLessThan(3);
    expect(processesWith('HTTPDYNO_SESSION=halfway')).toEqual([]);
  });
});

describe('S9 B27 a session name that is taken by something else', () => {
  it('is refused before any target starts: a link, a file, a session', async () => {
    const results = scratchFolder();
    const elsewhere = path.join(scratchFolder(), 'elsewhere');
    mkdirSync(elsewhere);
    symlinkSync(elsewhere, path.join(results, 'link'));
    writeFileSync(path.join(results, 'file'), 'mine');
    mkdirSync(path.join(results, 'session'));
    writeFileSync(path.join(results, 'session', 'session.json'), '{}');
    const run = async (id: string): Promise<string> => {
      const args = ['run', '--no-build', '--target', 'node-http', '--results', results, '--id', id];
      const { code, stdout, stderr } = await httpdyno(args);
      return `${code} ${stdout}${stderr.split('\n')[0]}`;
    };
    expect(await run('link')).toMatch(/^5 httpdyno: .*link is a symbolic link$/);
    expect(await run('file')).toMatch(/^5 httpdyno: .*file is no folder$/);
    expect(await run('session')).toMatch(/^2 httpdyno: .*already holds a session$/);
    expect(readdirSync(elsewhere)).toEqual([]);
    expect(existsSync(path.join(results, 'file'))).toBe(true);
  });
});
