import { existsSync } from 'node:fs';
import { execa } from 'execa';
import { systemClock } from './clock.ts';
import { errnoOf, messageOf } from './errors.ts';

/** A command as an argument vector: never a shell string, so that nothing in it is ever interpreted. */
export interface Command {
  file: string;
  args: readonly string[];
  cwd?: string;
  /** Added to the inherited environment. */
  env?: Readonly<Record<string, string>>;
}

export interface CommandResult {
  exitCode: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
  timedOut: boolean;
  /** Why the command could not be started at all (`ENOENT`, …), else null. */
  spawnError: string | null;
}

const OUTPUT_LIMIT_BYTES = 8 * 1_048_576;
const DRAIN_MS = 50;

/** Runs a command to its end and returns what happened; never throws for a command that fails. */
export async function runCommand(
  command: Command,
  options: { timeoutMs?: number; input?: string; signal?: AbortSignal } = {},
): Promise<CommandResult> {
  try {
    const result = await execa(command.file, [...command.args], {
      ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
      ...(command.env === undefined ? {} : { env: { ...command.env } }),
      ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
      ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
      ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
      reject: false,
      maxBuffer: OUTPUT_LIMIT_BYTES,
      stripFinalNewline: true,
    });
    return {
      exitCode: result.exitCode ?? null,
      signal: result.signal ?? null,
      stdout: result.stdout ?? '',
      stderr: result.stderr ?? '',
      timedOut: result.timedOut,
      spawnError:
        result.exitCode === undefined && result.signal === undefined ? (result.code ?? 'unknown') : null,
    };
  } catch (error) {
    return {
      exitCode: null,
      signal: null,
      stdout: '',
      stderr: '',
      timedOut: false,
      spawnError: messageOf(error),
    };
  }
}

export interface ProcessExit {
  exitCode: number | null;
  signal: string | null;
  /** Why the process could not be started, else null. */
  spawnError: string | null;
}

/** A process that runs until it is stopped, leader of its own process group. */
export interface ChildHandle {
  pid: number;
  exited: Promise<ProcessExit>;
  /** Signals the whole process group; false when nothing of it is left. */
  signalGroup(signal: NodeJS.Signals): boolean;
}

export interface SpawnOptions {
  /** Called with each chunk of stdout and stderr, which is gone when the call returns: what is kept must be copied. */
  onOutput: (chunk: Uint8Array) => void;
  /** CPUs that the process may run on (`taskset -c`), or null for all. */
  cpus: readonly number[] | null;
  /** Replaces the environment instead of adding to it: a target sees only what its contract names. */
  env: Readonly<Record<string, string>>;
  cwd: string;
}

/**
 * Starts a long-lived process in its own session and process group. On Linux `setpriv --pdeathsig KILL` ties its life
 * to ours, so that even SIGKILL of the harness leaves nothing behind.
 */
export function spawnChild(
  file: string,
  args: readonly string[],
  options: SpawnOptions,
): ChildHandle | ProcessExit {
  const [head, ...rest] = [...pinPrefix(options.cpus), ...deathPrefix(), file, ...args];
  const subprocess = execa(head ?? file, rest, {
    cwd: options.cwd,
    env: { ...options.env },
    extendEnv: false,
    detached: true,
    cleanup: false,
    stdin: 'ignore',
    buffer: false,
    reject: false,
  });
  const receive = (chunk: Buffer): void => {
    options.onOutput(chunk);
    release(chunk);
  };
  subprocess.stdout?.on('data', receive);
  subprocess.stderr?.on('data', receive);
  const exited = new Promise<ProcessExit>((resolve) => {
    subprocess.nodeChildProcess.once('error', (error) => {
      resolve({ exitCode: null, signal: null, spawnError: errnoOf(error) ?? messageOf(error) });
    });
    // Not `close`: a surviving grandchild may hold the streams open. What the pipes still hold gets a moment to arrive.
    subprocess.nodeChildProcess.once('exit', (exitCode, signal) => {
      const drained = new Promise((done) => subprocess.nodeChildProcess.once('close', done));
      const settle = (): void => resolve({ exitCode, signal, spawnError: null });
      void Promise.race([drained, systemClock.sleep(DRAIN_MS)]).then(settle, settle);
    });
  });
  subprocess.catch(() => undefined);
  const { pid } = subprocess;
  if (pid === undefined) return { exitCode: null, signal: null, spawnError: `cannot start ${file}` };
  return { pid, exited, signalGroup: (signal) => signalProcessGroup(pid, signal) };
}

/**
 * Frees the memory of a chunk at once. Each read of a stream takes 64 KiB outside the heap, and V8 collects such memory
 * only after another 64 MiB of it. A chunk that is part of a larger buffer is left alone: that may be another's.
 */
function release(chunk: Buffer): void {
  const { buffer, byteLength } = chunk;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}

/** Signals a process group by its leader's pid; false when no such group is left. */
export function signalProcessGroup(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}

function pinPrefix(cpus: readonly number[] | null): string[] {
  if (cpus === null || process.platform !== 'linux' || !existsSync('/usr/bin/taskset')) return [];
  return ['/usr/bin/taskset', '-c', cpus.join(',')];
}

function deathPrefix(): string[] {
  if (process.platform !== 'linux' || !existsSync('/usr/bin/setpriv')) return [];
  return ['/usr/bin/setpriv', '--pdeathsig', 'KILL'];
}
