import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { spawnChild } from '../../base/subprocess.ts';
import { MS_PER_S } from '../../base/units.ts';
import type { ThreadCpu } from './result.ts';

/** wrk ends within 0.1 s of its duration, then reads its table out. */
const END_MARGIN_MS = 60_000;
const OUTPUT_LIMIT_BYTES = 64 * 1_048_576;

export interface WrkCommand {
  url: string;
  threads: number;
  connections: number;
  durationS: number;
  timeoutS: number;
  script: string;
}

export type WrkEnd =
  | { kind: 'ended'; output: string; threadCpu: ThreadCpu }
  | { kind: 'failed'; detail: string }
  | { kind: 'aborted' };

/** Runs wrk once. Its CPU time is read at the end of its duration, while its threads still live. */
export async function runWrk(command: WrkCommand, clock: Clock, signal: AbortSignal): Promise<WrkEnd> {
  if (signal.aborted) return { kind: 'aborted' };
  const folder = mkdtempSync(path.join(tmpdir(), 'httpdyno-wrk-'));
  try {
    const script = path.join(folder, 'report.lua');
    writeFileSync(script, command.script, { mode: 0o600, flag: 'wx' });
    return await execute(argumentsOf(command, script), command.durationS * MS_PER_S, clock, signal);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function argumentsOf(
  { url, threads, connections, durationS, timeoutS }: WrkCommand,
  script: string,
): string[] {
  return [
    `-t${threads}`,
    `-c${connections}`,
    `-d${durationS}s`,
    '--timeout',
    `${timeoutS}s`,
    '-s',
    script,
    '--',
    url,
  ];
}

async function execute(
  args: readonly string[],
  durationMs: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<WrkEnd> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const child = spawnChild('wrk', args, {
    onOutput: (chunk) => {
      bytes += chunk.length;
      if (bytes <= OUTPUT_LIMIT_BYTES) chunks.push(Uint8Array.from(chunk));
    },
    cpus: null,
    env: { PATH: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin' },
    cwd: tmpdir(),
  });
  if (!('pid' in child)) return { kind: 'failed', detail: `wrk could not be started: ${child.spawnError}` };
  const onAbort = (): void => void child.signalGroup('SIGKILL');
  signal.addEventListener('abort', onAbort, { once: true });
  const ended = new AbortController();
  const exited = child.exited.finally(() => ended.abort());
  const waited = new Set<string>();
  const wait = async (ms: number, what: string): Promise<void> => {
    await clock.sleep(ms, ended.signal).then(
      () => waited.add(what),
      () => undefined,
    );
  };
  await wait(durationMs, 'duration');
  const threadCpu = threadCpuOf(child.pid);
  await wait(END_MARGIN_MS, 'deadline');
  if (waited.has('deadline')) child.signalGroup('SIGKILL');
  const exit = await exited;
  signal.removeEventListener('abort', onAbort);
  if (signal.aborted) return { kind: 'aborted' };
  const output = Buffer.concat(chunks).toString('utf8');
  if (exit.exitCode === 0) return { kind: 'ended', output, threadCpu };
  return {
    kind: 'failed',
    detail: `wrk ended with ${exit.signal ?? exit.exitCode}: ${output.slice(-300).trim()}`,
  };
}

/** CPU time of each thread of a process since it began, in ns; null where the platform does not tell. */
export function threadCpuOf(pid: number): ThreadCpu {
  try {
    const threads = readdirSync(`/proc/${pid}/task`).map((thread) =>
      Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
    );
    return threads.length > 0 && threads.every(Number.isSafeInteger) ? threads : null;
  } catch {
    return null;
  }
}
