import { mergeEncoded } from '../histogram/latency-histogram.ts';
import { addCounts, zeroCounts } from '../model/counts.ts';
import type { DriverLoad, LoadRequest, LoadResult, MeasuredWindow } from '../model/load.ts';
import type { Reason } from '../model/reason.ts';
import { missing, read } from '../model/resources.ts';
import { NS_PER_US } from '../base/units.ts';
import type { WorkerResult } from './fleet-protocol.ts';

/** Who measured, what was asked, and what only the fleet knows. */
export interface MergeContext {
  driver: { id: string; version: string };
  request: LoadRequest;
  warmupMs: number;
  series: (window: MeasuredWindow) => LoadResult['series'];
  /** What the fleet itself noticed. */
  reasons: readonly Reason[];
}

/** One result from the shares of all workers: counts and histograms are added, nothing is averaged. */
export function mergeResults(results: readonly WorkerResult[], context: MergeContext): LoadResult {
  const { driver, request, warmupMs } = context;
  const window = windowOf(results);
  const wireBytes = results.map((result) => result.wireBytesInWindow);
  return {
    driver: driver.id,
    driverVersion: driver.version,
    loop: request.loop,
    connections: request.connections,
    workers: results.length,
    window,
    warmupMs,
    counts: results.map((result) => result.counts).reduce(addCounts, zeroCounts()),
    completedInWindow: sum(results.map((result) => result.completedInWindow)),
    okInWindow: sum(results.map((result) => result.okInWindow)),
    bodyBytesInWindow: sum(results.map((result) => result.bodyBytesInWindow)),
    wireBytesInWindow: isComplete(wireBytes) ? sum(wireBytes) : null,
    histograms: mergeHistograms(results),
    clampedSamples: sum(results.map((result) => result.clampedSamples)),
    series: context.series(window),
    driverLoad: mergeDriverLoad(results),
    reasons: mergeReasons([...context.reasons, ...results.flatMap((result) => result.reasons)]),
  };
}

/** All workers measure the same window; where an amount decides, it ends with the last of them. */
function windowOf(results: readonly WorkerResult[]): MeasuredWindow {
  return {
    startUs: Math.min(...results.map(({ window }) => window.startUs)),
    endUs: Math.max(...results.map(({ window }) => window.endUs)),
  };
}

function mergeHistograms(results: readonly WorkerResult[]): LoadResult['histograms'] {
  const sendDelays = results.map(({ histograms }) => histograms.sendDelay);
  return {
    serviceTime: mergeOne(results.map(({ histograms }) => histograms.serviceTime)),
    responseTime: mergeOne(results.map(({ histograms }) => histograms.responseTime)),
    sendDelay: isComplete(sendDelays) ? mergeOne(sendDelays) : null,
  };
}

function mergeOne(encoded: readonly string[]): string {
  const merged = mergeEncoded(encoded);
  try {
    return merged.encode();
  } finally {
    merged.destroy();
  }
}

/** CPU time of all workers together, utilisation of the busiest: one saturated worker already holds the load back. */
export function mergeDriverLoad(results: readonly WorkerResult[]): DriverLoad {
  const cpuNs = results.map((result) => result.cpuNs);
  const unread = missing('this platform does not tell the CPU time of a thread');
  const waits = results.map((result) => result.cpuWaitNs);
  const largestShare = (times: readonly number[]): number =>
    Math.max(
      ...results.map(({ window }, i) => (times[i] ?? 0) / NS_PER_US / (window.endUs - window.startUs)),
    );
  return {
    cpuNs: isComplete(cpuNs) ? read(sum(cpuNs)) : unread,
    cpuUtilization: isComplete(cpuNs) ? read(largestShare(cpuNs)) : unread,
    eventLoopUtilization: read(Math.max(...results.map((result) => result.eventLoopUtilization))),
    cpuWaitShare: isComplete(waits) ? read(largestShare(waits)) : unread,
  };
}

/** Each code once, in order of first mention, with the different details that were given for it. */
export function mergeReasons(reasons: readonly Reason[]): Reason[] {
  const details = new Map<Reason['code'], Set<string>>();
  for (const { code, detail } of reasons) details.set(code, (details.get(code) ?? new Set()).add(detail));
  return [...details].map(([code, texts]) => ({ code, detail: [...texts].join('; ') }));
}

function isComplete<T>(values: readonly (T | null)[]): values is readonly T[] {
  return values.every((value) => value !== null);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
