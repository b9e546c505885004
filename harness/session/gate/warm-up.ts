import type { SliceRecord } from '../../model/gate-record.ts';

/** Lengths in slices, so that a gate with shorter slices warms up shorter too. */
export interface WarmupRule {
  minSlices: number;
  /** Requests after which compilers have seen enough; a server too slow for them stops at `patienceSlices`. */
  minRequests: number;
  patienceSlices: number;
  maxSlices: number;
}

export const WARMUP: WarmupRule = { minSlices: 2, minRequests: 20_000, patienceSlices: 5, maxSlices: 15 };
export const REFERENCE_WARMUP: WarmupRule = { minSlices: 1, minRequests: 0, patienceSlices: 1, maxSlices: 3 };

/** Two successive windows of a settled server differ by less than this in CPU per request. */
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

/** Loads an arm until two successive windows agree in CPU time per request, or the longest warm-up is over. */
export async function warmUp(
  measure: () => Promise<SliceRecord>,
  rule: WarmupRule,
  signal: AbortSignal,
): Promise<WarmupFinding> {
  let requests = 0;
  let empty = 0;
  const windows: (number | null)[] = [];
  while (windows.length < rule.maxSlices && !signal.aborted) {
    const slice = await measure();
    requests += slice.requests;
    windows.push(slice.cpuUsPerRequest);
    empty = slice.requests === 0 ? empty + 1 : 0;
    if (empty === EMPTY_WINDOWS) return { requests, steady: false, problem: slice.fault ?? NOTHING };
    const enough = requests >= rule.minRequests || windows.length >= rule.patienceSlices;
    if (windows.length >= rule.minSlices && enough && (rule.minSlices === 1 || isSettled(windows))) {
      return { requests, steady: true, problem: null };
    }
  }
  return { requests, steady: false, problem: null };
}

/** Where CPU time cannot be read there is nothing to settle by, and the shortest warm-up has to do. */
function isSettled(windows: readonly (number | null)[]): boolean {
  const last = windows.at(-1) ?? null;
  const previous = windows.at(-2) ?? null;
  if (last === null || previous === null) return true;
  return Math.abs(last - previous) < SETTLED * Math.max(last, previous);
}
