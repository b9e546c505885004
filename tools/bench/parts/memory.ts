import { readFileSync } from 'node:fs';
import path from 'node:path';
import { systemClock } from '../../../harness/base/clock.ts';
import { runCommand, spawnChild } from '../../../harness/base/subprocess.ts';
import { z } from '../../../harness/base/schema.ts';
import { atLeast, atMost, figure } from '../figure.ts';
import { repository } from '../generators.ts';
import { type Bench, GENERATOR_CPU, interleave, type Part } from '../rig.ts';

const RATE_RPS = 5_000;
const RSS_GOAL_MB = 150;
const POLL_MS = 100;
const BUILD_TIMEOUT_MS = 120_000;

/** The program as npm installs it, and as it runs from a clone, where Node strips the types of each file in each thread. */
const ENTRIES: ReadonlyMap<string, string> = new Map([
  ['built', 'dist/main.js'],
  ['sources', 'harness/main.ts'],
]);

const reportSchema = z.object({
  counts: z.record(z.string(), z.number()),
  goodputRps: z.number(),
});

/** What many held connections take: the peak of the whole process of `httpdyno load`. */
export const memory: Part = {
  id: 'memory',
  title: `Many connections held, open loop at ${RATE_RPS.toLocaleString('en-US')} req/s: the whole process of httpdyno load`,
  async measure(bench) {
    const built = await runCommand(
      { file: 'npm', args: ['run', '--silent', 'build'], cwd: repository },
      { timeoutMs: BUILD_TIMEOUT_MS },
    );
    if (built.exitCode !== 0) throw new Error(`npm run build: ${built.stdout}${built.stderr}`);
    const runs = await interleave(bench.rounds, [...ENTRIES.keys()], (id) => {
      bench.progress(`${bench.manyConnections} connections, ${id}`);
      return holdConnections(bench, ENTRIES.get(id) ?? '');
    });
    const of = (id: string): Held[] => runs.get(id) ?? [];
    return [
      figure(
        'built.peakRss',
        'peak RSS, as installed',
        'MB',
        of('built').map(({ peakRssMb }) => peakRssMb),
        atMost(RSS_GOAL_MB),
      ),
      figure(
        'sources.peakRss',
        'peak RSS, from the sources (types stripped at run time)',
        'MB',
        of('sources').map(({ peakRssMb }) => peakRssMb),
      ),
      figure(
        'built.errors',
        'requests failed or dropped',
        'requests',
        of('built').map(({ errors }) => errors),
        atMost(0),
      ),
      figure(
        'built.goodput',
        'correct responses',
        'req/s',
        of('built').map(({ goodputRps }) => goodputRps),
        atLeast(RATE_RPS * 0.99),
      ),
    ];
  },
};

interface Held {
  peakRssMb: number;
  errors: number;
  goodputRps: number;
}

async function holdConnections(bench: Bench, entry: string): Promise<Held> {
  let output = '';
  const child = spawnChild(
    process.execPath,
    [
      path.join(repository, entry),
      'load',
      `http://127.0.0.1:${bench.port}/payload/1kb`,
      '--json',
      '--warmup=1s',
      `--connections=${bench.manyConnections}`,
      `--rate=${RATE_RPS}`,
      `--duration=${bench.seconds}s`,
    ],
    {
      cpus: [GENERATOR_CPU],
      cwd: repository,
      env: { PATH: process.env['PATH'] ?? '' },
      onOutput: (chunk) => {
        output += Buffer.from(chunk).toString('utf8');
      },
    },
  );
  if (!('pid' in child)) throw new Error(`httpdyno load does not start: ${child.spawnError}`);
  const ended = new AbortController();
  const exited = child.exited.finally(() => ended.abort());
  let peakRssMb = 0;
  while (!ended.signal.aborted) {
    peakRssMb = peakRssOf(child.pid) ?? peakRssMb;
    await systemClock.sleep(POLL_MS, ended.signal).catch(() => undefined);
  }
  const { exitCode } = await exited;
  const json = output.split('\n').find((line) => line.startsWith('{'));
  if (json === undefined) throw new Error(`httpdyno load ended with ${exitCode}: ${output.slice(0, 500)}`);
  const { counts, goodputRps } = reportSchema.parse(JSON.parse(json));
  const { sent = 0, ok = 0, dropped = 0 } = counts;
  return { peakRssMb, errors: sent - ok + dropped, goodputRps };
}

/** The kernel's high-water mark of a process in MB (10^6 bytes); null when it has gone. */
function peakRssOf(pid: number): number | null {
  try {
    const kib = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kib === undefined ? null : (Number(kib) * 1_024) / 1e6;
  } catch {
    return null;
  }
}
