import { mean } from '../../analysis/order.ts';
import type { SliceRecord } from '../../model/gate-record.ts';

/** Lengths in windows, which are a share of a slice, so that a gate with shorter slices warms up shorter too. */
export interface WarmupRule {
  windowShare: number;
  /**
   * Fewest windows in the first scenario of a launch, and in those after it. Each opens its connections anew, and that is what
   * a young heap grows by: node-http takes 8 MB more at about its twelfth round of 64 connections, and then no more.
   */
  minWindows: { first: number; later: number };
  /** Requests after which compilers have seen enough; a server too slow for them stops at `patienceWindows`. */
  minRequests: number;
  patienceWindows: number;
  maxWindows: number;
  /** Windows on each side of the comparison that tells whether an arm has settled; 0 where none is made. */
  compared: number;
}

export const WARMUP: WarmupRule = {
  windowShare: 0.3,
  minWindows: { first: 12, later: 7 },
  minRequests: 20_000,
  patienceWindows: 17,
  maxWindows: 30,
  compared: 3,
};
export const REFERENCE_WARMUP: WarmupRule = {
  windowShare: 1,
  minWindows: { first: 1, later: 1 },
  minRequests: 0,
  patienceWindows: 1,
  maxWindows: 3,
  compared: 0,
};
/** Shorter windows hold too little to tell a slow server from a dead one. */
export const MIN_WINDOW_MS = 100;

/** Successive stretches of a settled server differ by less than this in CPU per request. */
const SETTLED = 0.03;
/** A busy machine may starve a server for one window, not for several in a row. */
const EMPTY_WINDOWS = 3;
const NOTHING = `no request completed in ${EMPTY_WINDOWS} windows`;

export interface WarmupFinding {
  requests: number;
  steady: boolean;
  /** Why it ended early, else null. */
  problem: string | null;
}

/** Loads an arm until two successive stretches agree in CPU time per request, or the longest warm-up is over. */
export async function warmUp(
  measure: () => Promise<SliceRecord>,
  rule: Omit<WarmupRule, 'minWindows' | 'windowShare'> & { minWindows: number },
  signal: AbortSignal,
): Promise<WarmupFinding> {
  let requests = 0;
  let empty = 0;
  const windows: (number | null)[] = [];
  while (windows.length < rule.maxWindows && !signal.aborted) {
    const slice = await measure();
    requests += slice.requests;
    windows.push(slice.cpuUsPerRequest);
    empty = slice.requests === 0 ? empty + 1 : 0;
    if (empty === EMPTY_WINDOWS) return { requests, steady: false, problem: slice.fault ?? NOTHING };
    const enough = requests >= rule.minRequests || windows.length >= rule.patienceWindows;
    if (windows.length >= rule.minWindows && enough && isSettled(windows, rule.compared)) {
      return { requests, steady: true, problem: null };
    }
  }
  return { requests, steady: false, problem: null };
}

/** Where CPU time cannot be read there is nothing to settle by, and the shortest warm-up has to do. */
function isSettled(windows: readonly (number | null)[], compared: number): boolean {
  if (compared === 0) return true;
  const costs = windows.slice(-2 * compared).filter((cost) => cost !== null);
  if (costs.length < 2 * compared) return true;
  const previous = mean(costs.slice(0, compared));
  const last = mean(costs.slice(compared));
  return Math.abs(last - previous) < SETTLED * Math.max(last, previous);
}
