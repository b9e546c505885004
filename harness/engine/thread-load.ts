import { readFileSync } from 'node:fs';
import { type EventLoopUtilization, performance } from 'node:perf_hooks';

/** How busy the calling thread has been so far; two of these give its load in between. */
export interface ThreadLoadSample {
  /** CPU time of this thread since it began, in ns, or null where the platform does not tell. */
  cpuNs: number | null;
  eventLoop: EventLoopUtilization;
}

export interface ThreadLoad {
  cpuNs: number | null;
  /** Share of the time between the samples that the event loop spent outside its poll, 0 to 1. */
  eventLoopUtilization: number;
}

/**
 * Reads the load counters of the calling thread; takes about 10 µs. CPU time is the first field of
 * `/proc/thread-self/schedstat`: exact in ns, but for a thread that is running the kernel brings it up to date at its
 * scheduler tick only (at most 4 ms at HZ=250). Helper threads of the runtime (garbage collection, compilation) are not in it.
 */
export function sampleThreadLoad(): ThreadLoadSample {
  return { cpuNs: threadCpuNs(), eventLoop: performance.eventLoopUtilization() };
}

/** The load of the thread between two of its samples. */
export function threadLoadBetween(first: ThreadLoadSample, last: ThreadLoadSample): ThreadLoad {
  return {
    cpuNs: first.cpuNs === null || last.cpuNs === null ? null : last.cpuNs - first.cpuNs,
    eventLoopUtilization: performance.eventLoopUtilization(last.eventLoop, first.eventLoop).utilization,
  };
}

function threadCpuNs(): number | null {
  try {
    const ns = Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]);
    return Number.isSafeInteger(ns) ? ns : null;
  } catch {
    return null;
  }
}
