import { LatencyHistogram } from '../histogram/latency-histogram.ts';
import type { LoadResult } from '../model/load.ts';
import { missing, type Reading } from '../model/resources.ts';
import type { Reason } from '../model/reason.ts';
import { judgeAccounting, judgeOutcomes } from './judge/accounting.ts';
import { judgeConsistency } from './judge/consistency.ts';
import type { Evidence } from './judge/measured.ts';
import { judgeSaturation } from './judge/saturation.ts';
import { judgeSteadiness } from './judge/steadiness.ts';
import { judgeTail } from './judge/tail.ts';

const RULES = [judgeAccounting, judgeOutcomes, judgeConsistency, judgeSaturation, judgeTail, judgeSteadiness];
const UNKNOWN: Reading = missing('the server was not started by httpdyno');

/** What is wrong with an ad-hoc load, of which only the driver's side is known. Includes what the driver itself noticed. */
export function judgeLoad(load: LoadResult, context: { drainMs: number; pipelining: number }): Reason[] {
  const responseTime = LatencyHistogram.decode(load.histograms.responseTime);
  const evidence: Evidence = {
    load,
    responseTime,
    windowUs: load.window.endUs - load.window.startUs,
    resources: {
      source: 'none',
      windowUs: 0,
      cpuNs: UNKNOWN,
      cpuUserNs: UNKNOWN,
      cpuSystemNs: UNKNOWN,
      memoryRssMeanBytes: UNKNOWN,
      memoryRssPeakBytes: UNKNOWN,
      pageCacheBytes: UNKNOWN,
      threads: UNKNOWN,
      series: [],
      notes: [],
    },
    machine: {
      cpuPressureShare: UNKNOWN,
      cpuPressureAvg10Before: UNKNOWN,
      stealShare: UNKNOWN,
      foreignCpuCores: UNKNOWN,
    },
    context: {
      scenario: { drain: context.drainMs },
      cpus: { target: [], driver: [], disjoint: true },
      pipelining: context.pipelining,
    },
  };
  try {
    const known = new Set(load.reasons.map(({ code }) => code));
    return [
      ...load.reasons,
      ...RULES.flatMap((rule) => rule(evidence)).filter(({ code }) => !known.has(code)),
    ];
  } finally {
    responseTime.destroy();
  }
}
