import path from 'node:path';
import type { Command } from '../../harness/base/subprocess.ts';
import { z } from '../../harness/base/schema.ts';

export const repository = path.resolve(import.meta.dirname, '../..');

/** What every generator is asked for; a null rate is a closed loop. */
export interface Load {
  port: number;
  path: string;
  connections: number;
  seconds: number;
  rateRps: number | null;
  workers?: number;
  /** Instead of `seconds`: exactly so many requests. */
  requests?: number;
}

export interface Generator {
  id: string;
  command: (load: Load) => Command;
  /** Requests per second from the output. */
  rate: (stdout: string) => number;
}

const latenciesSchema = z.strictObject({ p50: z.number(), p99: z.number() });
export const dynoReportSchema = z.strictObject({
  requestsPerSec: z.number(),
  /** Requests of the sample: those that went out, those answered right, those that never went out. */
  sent: z.int(),
  ok: z.int(),
  dropped: z.int(),
  failures: z.int(),
  completed: z.int(),
  cpuUs: z.number().nullable(),
  serviceTimeUs: latenciesSchema,
  responseTimeUs: latenciesSchema,
  sendDelayUs: latenciesSchema.nullable(),
});
export type DynoReport = z.infer<typeof dynoReportSchema>;

export const WARMUP_S = 1;
const url = ({ port, path: target }: Load): string => `http://127.0.0.1:${port}${target}`;

export const dyno: Generator = {
  id: 'dyno',
  command: (load) => ({
    file: process.execPath,
    args: [path.join(repository, 'tools/bench-engine-dyno.ts'), JSON.stringify(load)],
  }),
  rate: (stdout) => dynoReport(stdout).requestsPerSec,
};

export const wrk: Generator = {
  id: 'wrk',
  command: (load) => ({
    file: 'wrk',
    args: ['-t1', `-c${load.connections}`, `-d${load.seconds}s`, url(load)],
  }),
  rate: (stdout) => numberAt(stdout, /Requests\/sec:\s+([\d.]+)/),
};

export const autocannon: Generator = {
  id: 'autocannon',
  command: (load) => ({
    file: process.execPath,
    args: [
      path.join(repository, 'node_modules/autocannon/autocannon.js'),
      ...['--json', '-c', load.connections, '-d', load.seconds].map(String),
      ...['-W', '[', '-c', load.connections, '-d', WARMUP_S, ']'].map(String),
      url(load),
    ],
  }),
  rate: (stdout) => numberAt(stdout, /"requests":\{[^}]*"mean":([\d.]+)/),
};

/** Gil Tene's wrk2: an open loop on a constant pace, with latencies from the intended start. */
export const wrk2: Generator = {
  id: 'wrk2',
  command: (load) => ({
    file: 'wrk2',
    args: [
      '-t1',
      `-c${load.connections}`,
      `-d${load.seconds}s`,
      `-R${load.rateRps ?? 0}`,
      '--latency',
      url(load),
    ],
  }),
  rate: wrk.rate,
};

export function dynoReport(stdout: string): DynoReport {
  return dynoReportSchema.parse(JSON.parse(stdout));
}

const UNITS_US: Readonly<Record<string, number>> = { us: 1, ms: 1_000, s: 1_000_000 };

/** A percentile in µs from the table that `wrk2 --latency` prints, as ` 50.000%    1.02ms`. */
export function wrk2PercentileUs(stdout: string, percentile: number): number {
  const line = new RegExp(`^\\s*${percentile.toFixed(3)}%\\s+([\\d.]+)(us|ms|s)\\s*$`, 'm').exec(stdout);
  const unit = UNITS_US[line?.[2] ?? ''];
  if (line === null || unit === undefined) throw new Error(`no p${percentile} in: ${stdout.slice(0, 500)}`);
  return Number(line[1]) * unit;
}

export function numberAt(text: string, pattern: RegExp): number {
  const value = Number(pattern.exec(text)?.[1]);
  if (Number.isNaN(value)) throw new Error(`no figure in: ${text.slice(0, 500)}`);
  return value;
}
