import { NS_PER_US } from '../../base/units.ts';
import { LatencyHistogram } from '../../histogram/latency-histogram.ts';
import { zeroCounts } from '../../model/counts.ts';
import type { DriverLoad, LoadRequest, LoadResult } from '../../model/load.ts';
import type { Reason } from '../../model/reason.ts';
import { missing, read } from '../../model/resources.ts';
import { WRK_LABEL } from './label.ts';
import { type LatencyCount, totalOf, type WrkReport } from './report.ts';

/** What wrk does not count, for every result of it. */
const UNCOUNTED =
  'wrk counts no request that is never answered, no closed connection without an answer and no wrong body, takes every ' +
  'status below 400 for right and a surplus response for an answer; its window is known to 0.1 s';

/** CPU time of each thread of wrk, in ns. */
export type ThreadCpu = readonly number[] | null;

export interface WrkRun {
  report: WrkReport;
  latencies: readonly LatencyCount[];
  startUs: number;
  warmupMs: number;
  threads: number;
  version: string;
  threadCpu: ThreadCpu;
}

/** The result of a run of wrk in our terms. Requests in flight at its end it has forgotten: they are in no count. */
export function wrkResult(request: LoadRequest, run: WrkRun): LoadResult {
  const { report, startUs } = run;
  const { connect, read: readErrors, write, status, timeout } = report.errors;
  const ok = Math.max(0, report.requests - status - timeout);
  const reset = readErrors + write;
  const serviceTime = encode(run.latencies);
  const expectedBytes = request.expected.bodyBytes;
  return {
    driver: 'wrk',
    driverVersion: run.version,
    loop: request.loop,
    connections: request.connections,
    workers: run.threads,
    window: { startUs, endUs: startUs + report.durationUs },
    warmupMs: run.warmupMs,
    counts: {
      ...zeroCounts(),
      sent: ok + status + timeout + connect + reset,
      ok,
      badStatus: status,
      timeout,
      connectError: connect,
      reset,
    },
    completedInWindow: ok + status,
    okInWindow: ok,
    bodyBytesInWindow: expectedBytes === null ? report.bytes : ok * expectedBytes,
    wireBytesInWindow: report.bytes,
    histograms: { serviceTime, responseTime: serviceTime, sendDelay: null },
    clampedSamples: 0,
    series: [],
    driverLoad: driverLoad(run.threadCpu, report.durationUs),
    reasons: reasons(run, expectedBytes),
  };
}

function encode(latencies: readonly LatencyCount[]): string {
  const histogram = new LatencyHistogram();
  try {
    for (const [us, count] of latencies) for (let i = 0; i < count; i++) histogram.record(us);
    return histogram.encode();
  } finally {
    histogram.destroy();
  }
}

function driverLoad(threadCpu: ThreadCpu, durationUs: number): DriverLoad {
  const unread = missing('the CPU time of wrk could not be read');
  const cpuNs = threadCpu?.reduce((total, ns) => total + ns, 0);
  const busiestNs = threadCpu === null ? 0 : Math.max(...threadCpu);
  return {
    cpuNs: cpuNs === undefined ? unread : read(cpuNs),
    cpuUtilization: cpuNs === undefined ? unread : read(busiestNs / NS_PER_US / durationUs),
    eventLoopUtilization: missing('wrk does not tell'),
    cpuWaitShare: missing('not read for wrk'),
  };
}

function reasons(run: WrkRun, expectedBytes: number | null): Reason[] {
  const bytes =
    expectedBytes === null
      ? 'bytes of bodies include those of headers'
      : 'bytes of bodies are those expected';
  return [{ code: 'UNCOUNTED_OUTCOMES', detail: `${WRK_LABEL}; ${correction(run)}; ${UNCOUNTED}; ${bytes}` }];
}

/** What became of the samples that wrk made up. */
function correction({ report, latencies }: WrkRun): string {
  const invented = totalOf(report.latencies ?? latencies) - totalOf(latencies);
  return invented === 0
    ? 'the correction had added no sample'
    : `the correction is undone: ${invented} samples that it had added are left out`;
}
