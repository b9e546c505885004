import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { isoTime, systemClock } from '../harness/base/clock.ts';
import { type Command, runCommand, spawnChild } from '../harness/base/subprocess.ts';

/**
 * Compares load generators in one run: each pinned to one core, the same static server on the other, interleaved. What is
 * compared is how much load one core of generator can make; its accuracy is tested elsewhere.
 */
interface Generator {
  id: string;
  command(load: { port: number; path: string; seconds: number }): Command;
  /** Requests per second from the output. */
  rate(stdout: string): number;
}

const root = resolve(import.meta.dirname, '..');
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
    port: { type: 'string', default: '38917' },
    server: { type: 'string', default: 'servers/tokio/target/release/httpdyno-tokio' },
    out: { type: 'string', default: 'results/bench' },
  },
});
const CONNECTIONS = 64;
const PATHS = ['/payload/1kb', '/payload/1mb'];
const SERVER_CPU = 0;
const GENERATOR_CPU = 1;

const url = (port: number, path: string): string => `http://127.0.0.1:${port}${path}`;

const GENERATORS: readonly Generator[] = [
  {
    id: 'dyno',
    command: ({ port, path, seconds }) => ({
      file: process.execPath,
      args: [
        resolve(root, 'tools/bench-engine-dyno.ts'),
        port,
        path,
        CONNECTIONS,
        1_000,
        seconds * 1_000,
      ].map(String),
    }),
    rate: (stdout) => numberAt(stdout, /"requestsPerSec":([\d.]+)/),
  },
  {
    id: 'wrk',
    command: ({ port, path, seconds }) => ({
      file: 'wrk',
      args: ['-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, url(port, path)],
    }),
    rate: (stdout) => numberAt(stdout, /Requests\/sec:\s+([\d.]+)/),
  },
  {
    id: 'autocannon',
    command: ({ port, path, seconds }) => ({
      file: process.execPath,
      args: [
        resolve(root, 'node_modules/autocannon/autocannon.js'),
        ...['--json', '-c', CONNECTIONS, '-d', seconds, '-W', '[', '-c', CONNECTIONS, '-d', 1, ']'].map(
          String,
        ),
        url(port, path),
      ],
    }),
    rate: (stdout) => numberAt(stdout, /"requests":\{[^}]*"mean":([\d.]+)/),
  },
];

function numberAt(text: string, pattern: RegExp): number {
  const value = Number(pattern.exec(text)?.[1]);
  if (Number.isNaN(value)) throw new Error(`no figure in: ${text.slice(0, 500)}`);
  return value;
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

function cpuPressure(): string {
  try {
    return readFileSync('/proc/pressure/cpu', 'utf8').split('\n')[0] ?? '';
  } catch {
    return 'not told by this kernel';
  }
}

async function measureOnce(generator: Generator, path: string): Promise<number> {
  const load = { port: Number(values.port), path, seconds: Number(values.seconds) };
  const { file, args } = generator.command(load);
  const result = await runCommand(
    { file: 'taskset', args: ['-c', String(GENERATOR_CPU), file, ...args] },
    { timeoutMs: (load.seconds + 30) * 1_000 },
  );
  if (result.exitCode !== 0) throw new Error(`${generator.id}: ${result.stderr.slice(0, 500)}`);
  return generator.rate(result.stdout);
}

async function serverAnswers(): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const answer = await fetch(url(Number(values.port), '/healthz')).catch(() => null);
    if (answer?.ok === true) return;
    await systemClock.sleep(50);
  }
  throw new Error('the server does not answer');
}

async function compare(path: string): Promise<Record<string, number[]>> {
  const rates: Record<string, number[]> = Object.fromEntries(GENERATORS.map(({ id }) => [id, []]));
  for (let round = 0; round < Number(values.rounds); round++) {
    // Each round begins with another generator, so that none is always the first after a pause.
    for (let turn = 0; turn < GENERATORS.length; turn++) {
      const generator = GENERATORS[(round + turn) % GENERATORS.length];
      if (generator !== undefined) rates[generator.id]?.push(await measureOnce(generator, path));
    }
  }
  return rates;
}

function report(path: string, rates: Record<string, number[]>): void {
  const own = median(rates['dyno'] ?? []);
  process.stdout.write(`\n${path}, ${CONNECTIONS} connections, median of ${values.rounds} rounds\n`);
  for (const [id, samples] of Object.entries(rates)) {
    const middle = median(samples);
    const spread = `${Math.round(Math.min(...samples))}..${Math.round(Math.max(...samples))}`;
    const line = `${id.padEnd(12)}${Math.round(middle).toString().padStart(9)} req/s  (${spread})`;
    process.stdout.write(`${line.padEnd(52)}dyno is ${(own / middle).toFixed(3)} of it\n`);
  }
}

if (availableParallelism() < 2)
  throw new Error('two cores are needed: one for the server, one for the generator');
const child = spawnChild(resolve(root, values.server), [], {
  cpus: [SERVER_CPU],
  cwd: root,
  env: { HOST: '127.0.0.1', PORT: values.port, WORKERS: '1', HTTPDYNO_NONCE: 'bench' },
  onOutput: () => undefined,
});
if (!('pid' in child)) throw new Error(`${values.server} does not start; build it: npm run build:servers`);
try {
  await serverAnswers();
  const pressureBefore = cpuPressure();
  const rates: Record<string, Record<string, number[]>> = {};
  for (const path of PATHS) {
    rates[path] = await compare(path);
    report(path, rates[path]);
  }
  const record = {
    at: isoTime(systemClock),
    node: process.version,
    ...values,
    pressureBefore,
    connections: CONNECTIONS,
    rates,
  };
  mkdirSync(resolve(root, values.out), { recursive: true });
  const file = resolve(root, values.out, `engine-${record.at.replaceAll(/[:.]/g, '')}.json`);
  writeFileSync(file, `${JSON.stringify(record, null, 2)}\n`);
  process.stdout.write(`\nstored in ${file}\nCPU pressure before: ${pressureBefore}\n`);
} finally {
  child.signalGroup('SIGTERM');
  await child.exited;
}
