import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { messageOf } from '../../harness/base/errors.ts';
import { type ChildHandle, runCommand, spawnChild } from '../../harness/base/subprocess.ts';
import { z } from '../../harness/base/schema.ts';
import type { TargetSpec } from '../../harness/model/target.ts';
import type { Program } from './program.ts';
import { type Truth, truthSchema } from './truth.ts';

const sources = path.join(import.meta.dirname, 'truthd');
const BUILD_TIMEOUT_MS = 240_000;

/** Where the binary of these very sources stands, built if need be; or why there is none. */
async function build(): Promise<{ binary: string } | { unavailable: string }> {
  const hash = createHash('sha256');
  for (const name of readdirSync(sources)
    .filter((file) => /\.go$|^go\.mod$/.test(file))
    .toSorted()) {
    hash.update(name).update(readFileSync(path.join(sources, name)));
  }
  const folder = path.join(sources, '.build');
  const binary = path.join(folder, `truthd-${hash.digest('hex').slice(0, 16)}`);
  if (existsSync(binary)) return { binary };
  mkdirSync(folder, { recursive: true });
  const unfinished = `${binary}.${process.pid}`;
  const built = await runCommand(
    {
      file: 'go',
      args: ['build', '-trimpath', '-o', unfinished, '.'],
      cwd: sources,
      env: { CGO_ENABLED: '0' },
    },
    { timeoutMs: BUILD_TIMEOUT_MS },
  );
  if (built.spawnError !== null)
    return { unavailable: `truthd needs Go, and go does not start (${built.spawnError})` };
  if (built.exitCode !== 0) throw new Error(`truthd does not build: ${built.stderr}`);
  renameSync(unfinished, binary);
  return { binary };
}

const built = await build();

/** Why no test against known truth can run here, or null. A test that it skips says so by name. */
export const truthdUnavailable: string | null = 'unavailable' in built ? built.unavailable : null;

/** truthd as a target that any launcher can start; it gives its `/truth` on the port under load. */
export function truthdTarget(program: Program): TargetSpec {
  if ('unavailable' in built) throw new Error(built.unavailable);
  return {
    id: 'truthd',
    name: 'truthd',
    language: 'Go',
    framework: 'none',
    build: null,
    run: { command: [built.binary], env: { TRUTHD_PROGRAM: JSON.stringify(program) } },
    image: null,
    scenarios: ['1kb', '1mb'],
    folder: sources,
  };
}

const portsSchema = z.strictObject({ port: z.int(), controlPort: z.int() });

export interface StartOptions {
  program?: Program;
  /** CPUs that it may run on; null for all. */
  cpus?: readonly number[] | null;
  /** GOMAXPROCS; what Go chooses when absent. */
  workers?: number;
  /** Answers everything alike with so many bytes as fast as it can; has no control port. */
  nullBodyBytes?: number;
}

/** A truthd that runs. Stop it: nothing else does before the test process ends. */
export class Truthd {
  readonly port: number;
  readonly pid: number;
  readonly #child: ChildHandle;
  readonly #control: string;

  constructor(child: ChildHandle, ports: z.infer<typeof portsSchema>) {
    this.#child = child;
    this.pid = child.pid;
    this.port = ports.port;
    this.#control = `http://127.0.0.1:${ports.controlPort}`;
  }

  /** @throws Error when it does not start; asked for where `truthdUnavailable` is not null, that is why. */
  static async start(options: StartOptions = {}): Promise<Truthd> {
    if ('unavailable' in built) throw new Error(built.unavailable);
    const { program = {}, nullBodyBytes, workers } = options;
    const args =
      nullBodyBytes === undefined
        ? ['-program', JSON.stringify(program)]
        : ['-null', '-null-body', String(nullBodyBytes)];
    let output = '';
    let announced: (ports: z.infer<typeof portsSchema>) => void = () => undefined;
    const ports = new Promise<z.infer<typeof portsSchema>>((resolve) => {
      announced = resolve;
    });
    const child = spawnChild(built.binary, args, {
      cpus: options.cpus ?? null,
      cwd: os.tmpdir(),
      env: workers === undefined ? {} : { WORKERS: String(workers) },
      onOutput: (chunk) => {
        output += Buffer.from(chunk).toString('utf8');
        if (output.startsWith('{') && output.includes('\n')) announced(portsSchema.parse(JSON.parse(output)));
      },
    });
    if (!('pid' in child)) throw new Error(`truthd does not start: ${child.spawnError}`);
    const ended = child.exited.then((exit) => {
      throw new Error(`truthd ended with ${exit.exitCode ?? exit.signal}: ${output}`);
    });
    return new Truthd(child, await Promise.race([ports, ended]));
  }

  /** Installs a program; its counters begin at zero. */
  async program(program: Program): Promise<void> {
    const response = await fetch(`${this.#control}/program`, {
      method: 'POST',
      body: JSON.stringify(program),
    });
    if (!response.ok) throw new Error(`truthd refuses the program: ${await response.text()}`);
  }

  async truth(): Promise<Truth> {
    return truthSchema.parse(await this.#get('/truth'));
  }

  /** Arrival times of the requests in µs on the server's own clock, as many as the program keeps. */
  async arrivalsUs(): Promise<number[]> {
    return z
      .array(z.number())
      .parse(await this.#get('/arrivals'))
      .map((ns) => ns / 1_000);
  }

  async #get(target: string): Promise<unknown> {
    try {
      return await (await fetch(this.#control + target)).json();
    } catch (error) {
      throw new Error(`truthd does not answer: ${messageOf(error)}`, { cause: error });
    }
  }

  get exited(): ChildHandle['exited'] {
    return this.#child.exited;
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  async stop(): Promise<void> {
    this.#child.signalGroup('SIGKILL');
    await this.#child.exited;
  }
}
