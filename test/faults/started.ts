import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { bareEnvironment, scratchFolder } from '../support/cli.ts';
import { repository } from '../support/source-tree.ts';

/** A command line that runs while the test goes on. */
export interface Started {
  child: ChildProcess;
  stderr: () => string;
  /** Exit code, or the signal that ended it; and how long after the call that was. */
  ended: () => Promise<{ how: number | string | null; afterMs: number }>;
}

/** Starts httpdyno as a user does, with a folder for temporary files, and so a lock, of its own. */
export function start(args: readonly string[], tmp = scratchFolder()): Started {
  const child = spawn(process.execPath, [path.join(repository, 'harness', 'cli.ts'), ...args], {
    cwd: repository,
    env: bareEnvironment(tmp),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stdout.on('data', () => undefined);
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  const exit = new Promise<number | string | null>((resolve) =>
    child.once('exit', (code, signal) => resolve(code ?? signal)),
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  return {
    child,
    stderr: () => stderr,
    ended: async () => {
      const from = performance.now();
      return { how: await exit, afterMs: performance.now() - from };
    },
  };
}

/** A run of one small target, in many short trials. */
export function runOf(
  results: string,
  id: string,
  { rounds = 3, duration = '2s' }: { rounds?: number; duration?: string } = {},
): string[] {
  const work = ['--target', 'node-http', '--scenario', '1kb', '--driver', 'dyno', '--connections', '4'];
  const time = ['--rounds', String(rounds), '--duration', duration, '--warmup', '100ms', '--seed', '7'];
  return ['run', '--no-build', ...work, ...time, '--results', results, '--id', id];
}
