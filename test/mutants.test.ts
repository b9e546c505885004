import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { MUTANTS } from '../tools/mutants/mutants.ts';
import { eventually, scratchFolder } from './support/cli.ts';
import { processesWith } from './support/processes.ts';
import { repository } from './support/source-tree.ts';

describe('the mutants', () => {
  it('are M1 to M18, each once', () => {
    expect(MUTANTS.map(({ id }) => id)).toEqual(Array.from({ length: 18 }, (_, i) => `M${i + 1}`));
  });

  it.each(MUTANTS)('$id changes what stands exactly once in its file', ({ file, from, to }) => {
    const text = readFileSync(path.join(repository, file), 'utf8');
    expect(text.split(from)).toHaveLength(2);
    expect(text.replace(from, () => to)).not.toBe(text);
  });

  it.each(MUTANTS)('$id names tests that exist', ({ tests }) => {
    expect(tests.length).toBeGreaterThan(0);
    expect(tests.filter((test) => !existsSync(path.join(repository, test)))).toEqual([]);
  });

  it('are for the greater part fast enough for every check', () => {
    expect(MUTANTS.filter(({ fast }) => fast).length).toBeGreaterThan(MUTANTS.length / 2);
  });
});

describe('the runner of the mutants', () => {
  /** Runs it with a folder for temporary files of its own. */
  function runMutants(args: readonly string[]) {
    const tmp = scratchFolder();
    const child = spawn(process.execPath, [path.join(repository, 'tools/mutants/run.ts'), ...args], {
      cwd: tmp,
      env: { PATH: process.env['PATH'] ?? '', TMPDIR: tmp, MUTANTS_OF: tmp },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let stdout = '';
    child.stdout.on('data', (chunk) => (stdout += String(chunk)));
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    const copies = (): string[] => readdirSync(tmp).filter((name) => name.startsWith('httpdyno-mutants-'));
    return { child, tmp, ended, copies, stdout: () => stdout };
  }

  it('kills one, and leaves neither its copy of the tree nor a process', async () => {
    const { ended, copies, stdout, tmp } = runMutants(['--only', 'M13']);
    expect(await ended).toBe(0);
    expect(stdout()).toBe('M13 killed: every trial is called valid\n\n1 of 1 killed\n');
    expect(copies()).toEqual([]);
    expect(processesWith(`MUTANTS_OF=${tmp}`)).toEqual([]);
  });

  it('that chooses none proves nothing, and says so', async () => {
    const { ended, stdout, copies } = runMutants(['--only', 'M99']);
    expect(await ended).toBe(1);
    expect(stdout()).toContain('0 of 0 killed');
    expect(copies()).toEqual([]);
  });

  it('ends on a signal within 5 s, and leaves nothing either', async () => {
    const { child, ended, copies, tmp } = runMutants(['--only', 'M2']);
    const tests = (): number => processesWith(`MUTANTS_OF=${tmp}`).length;
    expect(await eventually(() => tests() > 1, 30_000)).toBe(true);
    const from = performance.now();
    child.kill('SIGTERM');
    expect(await ended).toBe(143);
    expect(performance.now() - from).toBeLessThan(5_000);
    expect(copies()).toEqual([]);
    expect(await eventually(() => tests() === 0, 2_000)).toBe(true);
  });
});
