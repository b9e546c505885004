import type { LoadRequest, MeasuredWindow } from '../model/load.ts';
import type { Reason } from '../model/reason.ts';
import type { RequestCounts } from '../model/counts.ts';

/**
 * What a fleet and its workers say to each other. Each load worker is a thread; the fleet decides the phases and tells
 * every worker the same measured window on the machine-wide monotonic clock, so that all of them, and the monitors,
 * measure exactly the same stretch of time.
 */
export interface WorkerTask {
  workerIndex: number;
  /** This worker's exact share: connections, rate and amount are split without flooring, and sum to what was asked. */
  request: LoadRequest;
  /** Period of `tick` messages, counted from the `atUs` of `start`. */
  tickMs: number;
}

export type FleetMessage =
  /** Begin to send, at this monotonic time (all workers alike). */
  | { kind: 'start'; atUs: number }
  /**
   * Requests that start in [startUs, endUs) are the sample; endUs is Infinity while an amount decides. It precedes
   * `start` where there is no warm-up; else startUs lies a whole number of ticks after the start.
   */
  | { kind: 'window'; window: MeasuredWindow }
  /** Stop at once; what is in flight is unfinished. */
  | { kind: 'abort' };

export interface WorkerTick {
  /** End of the period, and its length. */
  atUs: number;
  periodUs: number;
  /** Correct responses of the period, and requests that ended in any other way. */
  completed: number;
  failed: number;
  /** Sum and maximum of the service times of correct responses in the period. */
  latencySumUs: number;
  latencyMaxUs: number;
}

/** One worker's share of a LoadResult; the fleet adds the shares up. */
export interface WorkerResult {
  window: MeasuredWindow;
  counts: RequestCounts;
  completedInWindow: number;
  okInWindow: number;
  bodyBytesInWindow: number;
  wireBytesInWindow: number | null;
  histograms: { serviceTime: string; responseTime: string; sendDelay: string | null };
  clampedSamples: number;
  /** CPU time of the thread over the window, or null where the platform does not tell. */
  cpuNs: number | null;
  /** Time over the window that the thread could have run and had no CPU; null likewise. */
  cpuWaitNs: number | null;
  /** Event-loop utilisation over the window, 0 to 1. */
  eventLoopUtilization: number;
  reasons: Reason[];
}

export type WorkerMessage =
  /** Loaded and prepared, nothing sent yet. */
  | { kind: 'ready' }
  | { kind: 'tick'; tick: WorkerTick }
  /** After the drain; the window of the result has its true end. */
  | { kind: 'done'; result: WorkerResult }
  /** The driver, not the target, could not do its work. */
  | { kind: 'failed'; reason: Reason };
