import { readFileSync } from 'node:fs';
import { type EventLoopUtilization, performance } from 'node:perf_hooks';

/** How busy the calling thread has been so far; two of these give its load in between. */
export interface ThreadLoadSample {
  /** CPU time of this thread since it began, in ns, or null where the platform does not tell. */
  cpuNs: number | null;
  /** Time that it could have run and had no CPU, in ns; null likewise. */
  cpuWaitNs: number | null;
  eventLoop: EventLoopUtilization;
}

export interface ThreadLoad {
  cpuNs: number | null;
  cpuWaitNs: number | null;
  /** Share of the time between the samples that the event loop spent outside its poll, 0 to 1. */
  eventLoopUtilization: number;
}

/**
 * Reads the load counters of the calling thread; takes about 10 µs. CPU time and the wait for a CPU are the
 * first two fields of `/proc/thread-self/schedstat`: exact in ns, but for a thread that is running the kernel brings it up to date at its
 * scheduler tick only (at most 4 ms at HZ=250). Helper threads of the runtime (garbage collection, compilation) are not in it.
 */
export function sampleThreadLoad(): ThreadLoadSample {
  return { ...schedulerTimes(), eventLoop: performance.eventLoopUtilization() };
}

/** The load of the thread between two of its samples. */
export function threadLoadBetween(first: ThreadLoadSample, last: ThreadLoadSample): ThreadLoad {
  return {
    cpuNs: difference(first.cpuNs, last.cpuNs),
    cpuWaitNs: difference(first.cpuWaitNs, last.cpuWaitNs),
    eventLoopUtilization: performance.eventLoopUtilization(last.eventLoop, first.eventLoop).utilization,
  };
}

function difference(first: number | null, last: number | null): number | null {
  return first === null || last === null ? null : last - first;
}

function schedulerTimes(): Pick<ThreadLoadSample, 'cpuNs' | 'cpuWaitNs'> {
  try {
    const [cpuNs, cpuWaitNs] = readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ').map(Number);
    return { cpuNs: integerOrNull(cpuNs), cpuWaitNs: integerOrNull(cpuWaitNs) };
  } catch {
    return { cpuNs: null, cpuWaitNs: null };
  }
}

function integerOrNull(value: number | undefined): number | null {
  return value !== undefined && Number.isSafeInteger(value) ? value : null;
}
