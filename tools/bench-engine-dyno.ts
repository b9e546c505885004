import { systemClock } from '../harness/base/clock.ts';
import { createDynoDriver } from '../harness/drivers/dyno/driver.ts';
import { LatencyHistogram } from '../harness/histogram/latency-histogram.ts';
import { failures } from '../harness/model/counts.ts';
import type { DynoReport, Load } from './bench/generators.ts';

/** One load by the dyno driver, for the benchmark beside this file: a `Load` as JSON in, a `DynoReport` out. */
const load: Load = JSON.parse(process.argv[2] ?? '');
const WARMUP_MS = 1_000;
const warmupMs = load.requests === undefined ? WARMUP_MS : 0;
const outcome = await createDynoDriver({ clock: systemClock, steadiness: () => 'steady' }).run(
  {
    host: '127.0.0.1',
    port: load.port,
    method: 'GET',
    path: load.path,
    headers: {},
    body: null,
    expected: { status: 200, bodyBytes: null, bodySha256: null },
    loop:
      load.rateRps === null
        ? { kind: 'closed' }
        : { kind: 'open', rateRps: load.rateRps, arrivals: 'constant' },
    connections: load.connections,
    workers: load.workers ?? 1,
    pipelining: 1,
    connectionMode: 'keep-alive',
    warmup: { minMs: warmupMs, maxMs: warmupMs },
    termination:
      load.requests === undefined
        ? { kind: 'duration', ms: load.seconds * 1_000 }
        : { kind: 'amount', requests: load.requests },
    drainMs: 2_000,
    requestTimeoutMs: 10_000,
    seed: 1,
  },
  { window: () => undefined, progress: () => undefined },
  new AbortController().signal,
);
if (outcome.kind !== 'measured') throw new Error(JSON.stringify(outcome));
const { window, completedInWindow, counts, driverLoad, histograms } = outcome.result;
const report: DynoReport = {
  requestsPerSec: completedInWindow / ((window.endUs - window.startUs) / 1e6),
  sent: counts.sent,
  ok: counts.ok,
  dropped: counts.dropped,
  failures: failures(counts),
  completed: completedInWindow,
  cpuUs: driverLoad.cpuNs.value === null ? null : driverLoad.cpuNs.value / 1e3,
  serviceTimeUs: percentiles(histograms.serviceTime),
  responseTimeUs: percentiles(histograms.responseTime),
  sendDelayUs: histograms.sendDelay === null ? null : percentiles(histograms.sendDelay),
};
process.stdout.write(`${JSON.stringify(report)}\n`);

function percentiles(encoded: string): { p50: number; p99: number } {
  const histogram = LatencyHistogram.decode(encoded);
  const [p50, p99] = [histogram.percentileUs(50), histogram.percentileUs(99)];
  histogram.destroy();
  return { p50, p99 };
}
