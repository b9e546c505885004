import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import path from 'node:path';

export const knownLoadFile = path.join(import.meta.dirname, '../fixtures/known-load.ts');

export interface Answer {
  verb: string;
  /** CPU time of the process so far, by its own getrusage. */
  cpuUs: number;
  result: unknown;
}

export interface KnownLoad {
  pid: number;
  ask(line: string): Promise<Answer>;
  /** Ends the whole group; resolves when its leader is gone. */
  stop(): Promise<void>;
}

/** Starts the program of known appetite as leader of its own process group, like any target. */
export async function startKnownLoad(): Promise<KnownLoad> {
  const child = spawn(process.execPath, ['--expose-gc', knownLoadFile], {
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const waiting: ((answer: Answer) => void)[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.(JSON.parse(line)));
  const next = (): Promise<Answer> => new Promise((resolve) => waiting.push(resolve));
  const { pid } = child;
  if (pid === undefined) throw new Error('the fixture could not be started');
  await next();
  return {
    pid,
    ask: (line) => {
      child.stdin.write(`${line}\n`);
      return next();
    },
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) process.kill(-pid, 'SIGKILL');
      await exited;
    },
  };
}
