import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { MUTANTS, type Mutant } from './mutants.ts';

/**
 * Proves that the tests can fail: applies each mutant to a copy of the tree and runs the tests that must notice it.
 * `--fast` takes the subset that needs no load, `--only M3,M4` some. Ends with `18 of 18 killed`, and with 1 otherwise.
 * The copy goes when the runner ends, by a signal too, and with it every process of the tests.
 */
const repository = path.join(import.meta.dirname, '..', '..');
const LEFT_OUT = new Set(['node_modules', '.git', '.build', 'target', 'bin', 'results', 'dist', 'coverage']);
const TIMEOUT_MS = 180_000;

const { values } = parseArgs({ options: { fast: { type: 'boolean' }, only: { type: 'string' } } });
const wanted = values.only?.split(',');
const chosen = MUTANTS.filter(({ id, fast }) => wanted?.includes(id) ?? (values.fast === true ? fast : true));

const copy = mkdtempSync(path.join(os.tmpdir(), 'httpdyno-mutants-'));
let running: ChildProcess | null = null;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    endTests();
    rmSync(copy, { recursive: true, force: true });
    process.exit(128 + os.constants.signals[signal]);
  });
}
try {
  cpSync(repository, copy, {
    recursive: true,
    filter: (source) => source === repository || !LEFT_OUT.has(path.basename(source)),
  });
  symlinkSync(path.join(repository, 'node_modules'), path.join(copy, 'node_modules'));
  await requireGreen(chosen);
  const survivors: string[] = [];
  for (const mutant of chosen) {
    const fate = await fateOf(mutant);
    process.stdout.write(`${mutant.id} ${fate}: ${mutant.fault}\n`);
    if (fate !== 'killed') survivors.push(mutant.id);
  }
  process.stdout.write(`\n${chosen.length - survivors.length} of ${chosen.length} killed\n`);
  process.exitCode = survivors.length === 0 && chosen.length > 0 ? 0 : 1;
} finally {
  rmSync(copy, { recursive: true, force: true });
}

/** A test that fails anyway proves nothing about a mutant. */
async function requireGreen(mutants: readonly Mutant[]): Promise<void> {
  const suites = new Map(mutants.map((mutant) => [commandOf(mutant).join(' '), mutant]));
  for (const mutant of suites.values()) {
    const { passed, output } = await runTests(mutant);
    if (!passed) throw new Error(`${mutant.tests.join(', ')} fails without any mutant\n${output}`);
  }
}

async function fateOf({ file, from, to, ...mutant }: Mutant): Promise<'killed' | 'survived' | 'does not apply'> {
  const place = path.join(copy, file);
  const original = readFileSync(place, 'utf8');
  if (original.split(from).length !== 2) return 'does not apply';
  writeFileSync(
    place,
    original.replace(from, () => to),
  );
  try {
    const { passed } = await runTests({ file, from, to, ...mutant });
    return passed ? 'survived' : 'killed';
  } finally {
    writeFileSync(place, original);
  }
}

function commandOf({ tests, named }: Mutant): string[] {
  const vitest = path.join(copy, 'node_modules', 'vitest', 'vitest.mjs');
  const filter = named === undefined ? [] : ['--testNamePattern', named];
  return [vitest, 'run', '--root', copy, '--reporter', 'dot', '--bail', '1', ...filter, ...tests];
}

/** Runs the tests of a mutant in the copy; a run that takes too long has noticed something. */
async function runTests(mutant: Mutant): Promise<{ passed: boolean; output: string }> {
  const child = spawn(process.execPath, commandOf(mutant), {
    cwd: copy,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that what the tests have started ends with them.
    detached: true,
  });
  running = child;
  const limit = setTimeout(endTests, TIMEOUT_MS);
  let output = '';
  child.stdout.on('data', (chunk) => (output += String(chunk)));
  child.stderr.on('data', (chunk) => (output += String(chunk)));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearTimeout(limit);
  endTests();
  running = null;
  return { passed: code === 0, output };
}

/** Ends the group of the tests that run now; there may be none, or none left. */
function endTests(): void {
  if (running?.pid === undefined) return;
  try {
    process.kill(-running.pid, 'SIGKILL');
  } catch {
    // All of it has ended by itself.
  }
}
