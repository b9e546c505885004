import { mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isoTime, systemClock } from '../../harness/base/clock.ts';
import { runCommand } from '../../harness/base/subprocess.ts';
import { readActivity, surroundings } from './disturbance.ts';
import { repository } from './generators.ts';
import type { BenchRecord, PartRecord } from './record.ts';
import { partText } from './report.ts';
import { type Bench, type BenchOptions, type Part, startServer, stopServer } from './rig.ts';

export interface RunOptions extends BenchOptions {
  parts: readonly Part[];
  port: number;
  /** Path of the static server, from the root of the repository. */
  server: string;
  command: string;
  out: (text: string) => void;
  err: (text: string) => void;
}

/** Measures the parts one after the other; one that fails leaves the others their figures, and says why. */
export async function runBench(options: RunOptions): Promise<BenchRecord> {
  const { out, err } = options;
  if (os.availableParallelism() < 2)
    throw new Error('two cores are needed: one for the server, one for the generator');
  const server = await startServer([path.join(repository, options.server)], options.port);
  const parts: PartRecord[] = [];
  try {
    for (const part of options.parts) {
      const progress = (text: string): void => err(`${part.id}: ${text}\n`);
      const record = await measurePart(part, { ...options, progress });
      parts.push(record);
      out(`${partText(record)}\n`);
    }
  } finally {
    await stopServer(server);
  }
  return {
    schemaVersion: 2,
    at: isoTime(systemClock),
    machine: `${os.cpus().length} x ${os.cpus()[0]?.model ?? 'unknown'}, ${Math.round(os.totalmem() / 2 ** 30)} GiB`,
    kernel: os.release(),
    node: process.version,
    commit: await commit(),
    command: options.command,
    rounds: options.rounds,
    parts,
  };
}

async function measurePart(part: Part, bench: Bench): Promise<PartRecord> {
  const before = readActivity();
  try {
    const figures = await part.measure(bench);
    return { id: part.id, title: part.title, ...surroundings(before, readActivity()), figures };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const disturbed = `not measured: ${why}`;
    return {
      id: part.id,
      title: part.title,
      ...surroundings(before, readActivity()),
      disturbed,
      figures: [],
    };
  }
}

async function commit(): Promise<string | null> {
  const { stdout, exitCode } = await runCommand({
    file: 'git',
    args: ['rev-parse', '--short', 'HEAD'],
    cwd: repository,
  });
  return exitCode === 0 ? stdout.trim() : null;
}

/** Writes a record into a folder, named after its time; gives its path. */
export function storeRecord(record: BenchRecord, folder: string): string {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `engine-${record.at.replaceAll(/[:.-]/g, '')}.json`);
  writeFileSync(file, `${JSON.stringify(record, null, 2)}\n`);
  return file;
}
