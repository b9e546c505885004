import { createDynoDriver } from '../harness/drivers/dyno/driver.ts';
import { systemClock } from '../harness/base/clock.ts';
import { failures } from '../harness/model/counts.ts';

/** One closed-loop load by the dyno driver, for the benchmark beside this file: port, path, connections, warm-up and measured ms. */
const [port, path, connections, warmupMs, measureMs] = process.argv.slice(2);
const outcome = await createDynoDriver({ clock: systemClock, steadiness: () => 'steady' }).run(
  {
    host: '127.0.0.1',
    port: Number(port),
    method: 'GET',
    path: path ?? '/',
    headers: {},
    body: null,
    expected: { status: 200, bodyBytes: null, bodySha256: null },
    loop: { kind: 'closed' },
    connections: Number(connections),
    workers: 1,
    pipelining: 1,
    connectionMode: 'keep-alive',
    warmup: { minMs: Number(warmupMs), maxMs: Number(warmupMs) },
    termination: { kind: 'duration', ms: Number(measureMs) },
    drainMs: 2_000,
    requestTimeoutMs: 10_000,
    seed: 1,
  },
  { window: () => undefined, progress: () => undefined },
  new AbortController().signal,
);
if (outcome.kind !== 'measured') throw new Error(JSON.stringify(outcome));
const { window, completedInWindow, counts, driverLoad } = outcome.result;
const report = {
  requestsPerSec: completedInWindow / ((window.endUs - window.startUs) / 1e6),
  cpuUsPerRequest: driverLoad.cpuNs.value === null ? null : driverLoad.cpuNs.value / 1e3 / completedInWindow,
  failures: failures(counts),
};
process.stdout.write(`${JSON.stringify(report)}\n`);
