import type { Clock } from '../../base/clock.ts';
import { runCommand } from '../../base/subprocess.ts';
import { MS_PER_S, US_PER_S } from '../../base/units.ts';
import { usefulWorkers } from '../../engine/share.ts';
import type { LoadRequest } from '../../model/load.ts';
import type { LoadObserver, LoadOutcome } from '../../model/ports.ts';
import { runWrk, type WrkCommand } from './process.ts';
import { measuredLatencies, parseReport } from './report.ts';
import { wrkResult } from './result.ts';
import { wrkScript } from './script.ts';

interface Surroundings {
  clock: Clock;
  observer: LoadObserver;
  signal: AbortSignal;
}

/** One load by wrk, warm-up and measured part; `durationS` is the measured part in whole seconds. */
export async function runLoad(
  request: LoadRequest,
  durationS: number,
  { clock, observer, signal }: Surroundings,
): Promise<LoadOutcome> {
  const version = await installedVersion();
  if (version === null) return failed('wrk is not installed');
  const command = { ...commandOf(request), durationS };
  const warmupS = Math.ceil(request.warmup.minMs / MS_PER_S);
  if (warmupS > 0) {
    const warmup = await runWrk({ ...command, durationS: warmupS }, clock, signal);
    if (warmup.kind !== 'ended') return warmup.kind === 'aborted' ? warmup : failed(warmup.detail);
  }
  const startUs = clock.monotonicUs();
  observer.window({ startUs, endUs: startUs + durationS * US_PER_S });
  const end = await runWrk(command, clock, signal);
  if (end.kind !== 'ended') return end.kind === 'aborted' ? end : failed(end.detail);
  const report = parseReport(end.output);
  if (report === null) return failed(`wrk gave no report: ${end.output.slice(-300).trim()}`);
  const latencies = measuredLatencies(report, request.connections);
  if (latencies === null) {
    const detail = `the latencies that wrk shows cannot be traced to its ${report.requests} responses`;
    return { kind: 'failed', reason: { code: 'INCONSISTENT', detail } };
  }
  const run = { report, latencies, startUs, warmupMs: warmupS * MS_PER_S, version };
  return {
    kind: 'measured',
    result: wrkResult(request, { ...run, threads: command.threads, threadCpu: end.threadCpu }),
  };
}

function failed(detail: string): LoadOutcome {
  return { kind: 'failed', reason: { code: 'DRIVER_CRASHED', detail } };
}

function commandOf(request: LoadRequest): Omit<WrkCommand, 'durationS'> {
  const host = request.host.includes(':') ? `[${request.host}]` : request.host;
  return {
    url: `http://${host}:${request.port}${request.path}`,
    threads: evenThreads(usefulWorkers(request), request.connections),
    connections: request.connections,
    timeoutS: Math.ceil(request.requestTimeoutMs / MS_PER_S),
    script: wrkScript(request),
  };
}

/** The most threads up to `workers` that share the connections evenly: wrk drops the remainder without a word. */
export function evenThreads(workers: number, connections: number): number {
  let threads = Math.min(workers, connections);
  while (connections % threads !== 0) threads--;
  return threads;
}

/** Version of the wrk on the PATH, or null where there is none. */
export async function installedVersion(): Promise<string | null> {
  const { stdout, stderr } = await runCommand({ file: 'wrk', args: ['--version'] }, { timeoutMs: 5_000 });
  const banner = `${stdout}\n${stderr}`;
  return /^wrk (\S+)/m.exec(banner)?.[1] ?? null;
}
