import { readFileSync } from 'node:fs';
import { systemClock } from '../../../harness/base/clock.ts';
import { atLeast, atMost, figure } from '../figure.ts';
import { dyno, dynoReport, type DynoReport, type Load } from '../generators.ts';
import { type Bench, CONNECTIONS, interleave, type Part, runPinned } from '../rig.ts';
import { median, ratios } from '../statistics.ts';

/** Numbers that two workers cannot share evenly. */
const ODD_CONNECTIONS = 65;
const ODD_REQUESTS = 100_003;
const ODD_RATE_RPS = 10_001;

/** Whether two workers do as much for a second of CPU as one, and exactly what was asked of both together. */
export const workers: Part = {
  id: 'workers',
  title: 'Two workers against one, on the same core',
  async measure(bench) {
    const { port, seconds, rounds } = bench;
    const closed: Load = { port, path: '/payload/1kb', connections: CONNECTIONS, seconds, rateRps: null };
    const runs = await interleave(rounds, ['1', '2'], async (count) => {
      bench.progress(`${count} worker(s)`);
      return perCpuSecond(dynoReport(await runPinned(dyno, { ...closed, workers: Number(count) })));
    });
    const of = (count: string): number[] => runs.get(count) ?? [];
    return [
      figure('1.perCpuSecond', 'one worker', 'responses a CPU second', of('1')),
      figure('2.perCpuSecond', 'two workers', 'responses a CPU second', of('2')),
      figure('2/1', 'two / one', '', ratios(of('2'), of('1')), atLeast(0.95)),
      ...(await exactness(bench)),
    ];
  },
};

function perCpuSecond({ completed, cpuUs }: DynoReport): number {
  return cpuUs === null ? Number.NaN : completed / (cpuUs / 1e6);
}

async function exactness({ port, seconds, progress }: Bench): Promise<ReturnType<typeof figure>[]> {
  const both = { port, path: '/payload/1kb', connections: ODD_CONNECTIONS, seconds, workers: 2 };
  progress(`${ODD_REQUESTS} requests by two workers`);
  const counted = dynoReport(await runPinned(dyno, { ...both, rateRps: null, requests: ODD_REQUESTS }));
  progress(`${ODD_RATE_RPS} req/s by two workers`);
  const paced = runPinned(dyno, { ...both, rateRps: ODD_RATE_RPS });
  const connections = await heldConnections(port, paced);
  const { sent, dropped } = dynoReport(await paced);
  return [
    figure(
      '2.counts',
      `off by, of ${ODD_REQUESTS} requests`,
      'requests',
      [Math.abs(counted.ok - ODD_REQUESTS)],
      atMost(0),
    ),
    // Each worker's first request of the window may fall just before or after its edge.
    figure(
      '2.rate',
      `off by, of ${ODD_RATE_RPS} req/s for ${seconds} s`,
      'requests',
      [Math.abs(sent + dropped - ODD_RATE_RPS * seconds)],
      atMost(2),
    ),
    figure(
      '2.connections',
      `off by, of ${ODD_CONNECTIONS} connections`,
      'connections',
      [Math.abs(connections - ODD_CONNECTIONS)],
      atMost(0),
    ),
  ];
}

const POLL_MS = 50;

/**
 * Connections to a port while a load goes on: the middle of all looks, as the kernel's table changes while it is read and
 * may show one twice.
 */
async function heldConnections(port: number, load: Promise<unknown>): Promise<number> {
  const ended = new AbortController();
  const settled = load.then(
    () => ended.abort(),
    () => ended.abort(),
  );
  const looks: number[] = [];
  while (!ended.signal.aborted) {
    looks.push(establishedOn(readFileSync('/proc/net/tcp', 'utf8'), port));
    await systemClock.sleep(POLL_MS, ended.signal).catch(() => undefined);
  }
  await settled;
  return median(looks.filter((count) => count > 0));
}

/** Connections in state ESTABLISHED (01) whose local end, the server's, is on a port; from /proc/net/tcp. */
export function establishedOn(table: string, port: number): number {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return table.split('\n').filter((line) => new RegExp(`^\\s*\\d+: \\w+:${hex} \\w+:\\w+ 01 `).test(line))
    .length;
}
