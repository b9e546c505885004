import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * The only place that reads time. Monotonic time is CLOCK_MONOTONIC in microseconds, the same in every thread and
 * process of the machine, so that windows can be agreed between them; it never steps. Wall time labels records only.
 */
export interface Clock {
  /** Monotonic microseconds, sub-microsecond resolution. */
  monotonicUs(): number;
  /** Wall-clock milliseconds since the Unix epoch. */
  wallMs(): number;
  /** Resolves after the given milliseconds, or rejects with the signal's reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/**
 * performance.now() is CLOCK_MONOTONIC minus a constant of the thread; measuring that constant once makes it machine-wide.
 * A thread that is preempted between the two readings measures it too large, so the smallest of several counts.
 */
function measureOriginUs(): number {
  const readings = Array.from({ length: 32 }, () => {
    const sinceOriginUs = performance.now() * 1_000;
    return Number(process.hrtime.bigint()) / 1_000 - sinceOriginUs;
  });
  return Math.min(...readings);
}

const originUs = measureOriginUs();

/** Monotonic microseconds (CLOCK_MONOTONIC), cheap enough for a hot loop. */
export function monotonicUs(): number {
  return performance.now() * 1_000 + originUs;
}

export const systemClock: Clock = {
  monotonicUs,
  wallMs: () => Date.now(),
  sleep: async (ms, signal) => {
    await delay(Math.max(0, ms), undefined, signal === undefined ? {} : { signal });
  },
};

/** ISO 8601 of the wall clock, for labels in records. */
export function isoTime(clock: Clock): string {
  return new Date(clock.wallMs()).toISOString();
}
