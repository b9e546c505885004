import path from 'node:path';
import { systemClock } from '../../harness/base/clock.ts';
import { type ChildHandle, runCommand, spawnChild } from '../../harness/base/subprocess.ts';
import { type Generator, type Load, repository } from './generators.ts';
import type { Figure } from './figure.ts';

/** One CPU for the server, another for whatever makes load. */
export const SERVER_CPU = 0;
export const GENERATOR_CPU = 1;
export const CONNECTIONS = 64;

export interface BenchOptions {
  rounds: number;
  /** How long each load is measured. */
  seconds: number;
  /** Connections of the part that holds many. */
  manyConnections: number;
}

export interface Bench extends BenchOptions {
  /** The static server of the comparison, pinned to its CPU. */
  port: number;
  progress: (text: string) => void;
}

/** One part of the benchmark: figures that are measured interleaved, and judged together. */
export interface Part {
  id: string;
  title: string;
  measure(bench: Bench): Promise<Figure[]>;
}

/** Runs a generator once, alone on its CPU, and gives what it printed. */
export async function runPinned(generator: Generator, load: Load): Promise<string> {
  const { file, args } = generator.command(load);
  const result = await runCommand(
    { file: 'taskset', args: ['-c', String(GENERATOR_CPU), file, ...args] },
    { timeoutMs: (load.seconds + 30) * 1_000 },
  );
  if (result.spawnError !== null)
    throw new Error(`${generator.id}: taskset does not start (${result.spawnError})`);
  if (result.exitCode !== 0) throw new Error(`${generator.id}: ${result.stderr.slice(0, 500)}`);
  return result.stdout;
}

/** Starts a server on its CPU and waits until it answers; whoever starts it stops it. */
export async function startServer(
  command: readonly [string, ...string[]],
  port: number,
  env: Readonly<Record<string, string>> = {},
): Promise<ChildHandle> {
  const [file, ...args] = command;
  const child = spawnChild(file, args, {
    cpus: [SERVER_CPU],
    cwd: repository,
    env: { HOST: '127.0.0.1', PORT: String(port), WORKERS: '1', HTTPDYNO_NONCE: 'bench', ...env },
    onOutput: () => undefined,
  });
  if (!('pid' in child)) throw new Error(`${file} does not start; build it: npm run build:servers`);
  for (let attempt = 0; attempt < 100; attempt++) {
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => null);
    if (answer?.ok === true) return child;
    await systemClock.sleep(50);
  }
  child.signalGroup('SIGKILL');
  throw new Error(`${path.basename(file)} does not answer on port ${port}`);
}

export async function stopServer(child: ChildHandle): Promise<void> {
  child.signalGroup('SIGTERM');
  await child.exited;
}

/**
 * Measures each of some things once a round. Each round begins with another, so that none is always the first after a
 * pause.
 */
export async function interleave<T>(
  rounds: number,
  ids: readonly string[],
  measure: (id: string) => Promise<T>,
): Promise<Map<string, T[]>> {
  const results = new Map<string, T[]>(ids.map((id) => [id, []]));
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < ids.length; turn++) {
      const id = ids[(round + turn) % ids.length] ?? '';
      results.get(id)?.push(await measure(id));
    }
  }
  return results;
}

/** Whether a program is on the PATH. */
export async function isInstalled(program: string): Promise<boolean> {
  return (await runCommand({ file: 'which', args: [program] })).exitCode === 0;
}
