import type { Arm } from '../../analysis/gate/plan.ts';
import type { SliceRecord } from '../../model/gate-record.ts';

/** Lengths in slices, so that a gate with shorter slices warms up shorter too. */
export interface WarmupRule {
  /**
   * Rounds of fresh connections before the first scenario of a launch; the slices that one of them, and all of both arms
   * together, may take. Connections are what a young heap grows by, in steps: V8 doubles it at about the twelfth, the
   * thirty-fourth and the seventy-seventh round of 64 (8, 16 and 32 MB), however long a round is. All that is measured lies between two steps.
   */
  rounds: number;
  roundSlices: number;
  roundsSlicesMax: number;
  /** The windows that follow in each scenario, and the fewest of them. */
  windowSlices: number;
  minWindows: number;
  /** Requests of the launch after which compilers have seen enough; a server too slow for them stops at `patienceWindows`. */
  minRequests: number;
  patienceWindows: number;
  maxWindows: number;
  /** Windows on each side of the comparison that tells whether an arm has settled; 0 where none is made. */
  compared: number;
}

export const WARMUP: WarmupRule = {
  rounds: 32,
  roundSlices: 0.16,
  roundsSlicesMax: 32,
  windowSlices: 1.2,
  minWindows: 4,
  minRequests: 20_000,
  patienceWindows: 17,
  maxWindows: 30,
  compared: 2,
};
export const REFERENCE_WARMUP: WarmupRule = {
  rounds: 0,
  roundSlices: 0,
  roundsSlicesMax: 0,
  windowSlices: 1,
  minWindows: 1,
  minRequests: 0,
  patienceWindows: 1,
  maxWindows: 3,
  compared: 0,
};
/** A connection that ends sooner may be gone before a garbage collector has seen it. */
export const MIN_ROUND_MS = 10;
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
  /** The least of all windows: what the server does where nothing disturbs it. */
  latencyP50Us: number | null;
}

/** The windows of one scenario of a launch. */
export type ScenarioWarmup = Pick<
  WarmupRule,
  'minWindows' | 'minRequests' | 'patienceWindows' | 'maxWindows' | 'compared'
>;

/** What a scenario asks for, within what the user allows. */
export function ruleFor(
  { minWindows, patienceWindows, maxWindows, minRequests, compared }: WarmupRule,
  allowedWindows = maxWindows,
): ScenarioWarmup {
  return {
    minWindows: Math.min(minWindows, allowedWindows),
    patienceWindows: Math.min(patienceWindows, allowedWindows),
    maxWindows: Math.min(maxWindows, allowedWindows),
    minRequests,
    compared,
  };
}

/** The warm-up of one arm, window by window. */
export class Warmup {
  readonly #rule: ScenarioWarmup;
  readonly #costs: (number | null)[] = [];
  readonly #servedBefore: number;
  #requests = 0;
  #empty = 0;
  #times = 1;
  #latencyP50Us: number | null = null;
  #finding: WarmupFinding | null = null;

  /** With the requests that the same process has served in earlier scenarios. */
  constructor(rule: ScenarioWarmup, servedBefore = 0) {
    this.#rule = rule;
    this.#servedBefore = servedBefore;
  }

  /** Null until the warm-up is over: two successive stretches agree in CPU time per request, or it has been the longest. */
  get finding(): WarmupFinding | null {
    return this.#finding;
  }

  /** What there is where the warm-up is broken off. */
  get soFar(): WarmupFinding {
    return this.#finding ?? this.#end(false);
  }

  /** How much longer its next window should be: a slow server may need more than one for its first response. */
  get nextTimes(): number {
    return this.#times;
  }

  add({ requests, cpuUsPerRequest, latencyP50Us, fault }: SliceRecord): void {
    const { minRequests, patienceWindows, minWindows, maxWindows, compared } = this.#rule;
    this.#requests += requests;
    this.#costs.push(cpuUsPerRequest);
    if (latencyP50Us !== null)
      this.#latencyP50Us = Math.min(latencyP50Us, this.#latencyP50Us ?? latencyP50Us);
    this.#empty = requests === 0 ? this.#empty + 1 : 0;
    if (requests === 0) this.#times *= 2;
    const windows = this.#costs.length;
    const isEnough = this.#servedBefore + this.#requests >= minRequests || windows >= patienceWindows;
    if (this.#empty === EMPTY_WINDOWS) this.#finding = this.#end(false, fault ?? NOTHING);
    else if (windows >= minWindows && isEnough && isSettled(this.#costs, compared)) {
      this.#finding = this.#end(true);
    } else if (windows >= maxWindows) this.#finding = this.#end(false);
  }

  #end(steady: boolean, problem: string | null = null): WarmupFinding {
    return { requests: this.#requests, steady, problem, latencyP50Us: this.#latencyP50Us };
  }
}

/**
 * Warms up both arms in turn, window by window, so that neither waits while the other grows: a runtime that idles tidies up,
 * and would then not be where the other is.
 */
export async function warmUpInTurn(
  order: readonly Arm[],
  measure: (arm: Arm, times: number) => Promise<SliceRecord>,
  rule: ScenarioWarmup,
  servedBefore: Readonly<Record<Arm, number>>,
  signal: AbortSignal,
): Promise<Record<Arm, WarmupFinding>> {
  const warmups = { base: new Warmup(rule, servedBefore.base), head: new Warmup(rule, servedBefore.head) };
  const isOver = (arm: Arm): boolean => warmups[arm].finding !== null;
  const hasFailed = (arm: Arm): boolean => (warmups[arm].finding?.problem ?? null) !== null;
  while (!order.every(isOver) && !order.some(hasFailed) && !signal.aborted) {
    // An arm that is ready goes on while the other is not: both then have seen as much.
    for (const arm of order) {
      if (signal.aborted || order.some(hasFailed)) break;
      const slice = await measure(arm, warmups[arm].nextTimes);
      if (!isOver(arm)) warmups[arm].add(slice);
    }
  }
  return { base: warmups.base.soFar, head: warmups.head.soFar };
}

/** Where CPU time cannot be read there is nothing to settle by, and the shortest warm-up has to do. */
function isSettled(windows: readonly (number | null)[], compared: number): boolean {
  if (compared === 0) return true;
  if (windows.length < 2 * compared) return false;
  const costs = windows.slice(-2 * compared).filter((cost) => cost !== null);
  if (costs.length < 2 * compared) return true;
  // Neighbours only add to what a request costs: the least of a stretch tells what the server itself has come to.
  const previous = Math.min(...costs.slice(0, compared));
  const last = Math.min(...costs.slice(compared));
  return Math.abs(last - previous) < SETTLED * Math.max(last, previous);
}
