import type { Arm } from '../../analysis/gate/plan.ts';
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
  minWindows: { first: 14, later: 7 },
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

/** The rule for one scenario of a launch. */
export type ScenarioWarmup = Omit<WarmupRule, 'minWindows' | 'windowShare'> & { minWindows: number };

/** What a scenario asks for by its place in the launch, within what the user allows. */
export function ruleFor(
  { minWindows, patienceWindows, maxWindows, minRequests, compared }: WarmupRule,
  place: 'first' | 'later',
  allowedWindows = maxWindows,
): ScenarioWarmup {
  return {
    minWindows: Math.min(minWindows[place], allowedWindows),
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
  #requests = 0;
  #empty = 0;
  #finding: WarmupFinding | null = null;

  constructor(rule: ScenarioWarmup) {
    this.#rule = rule;
  }

  /** Null until the warm-up is over: two successive stretches agree in CPU time per request, or it has been the longest. */
  get finding(): WarmupFinding | null {
    return this.#finding;
  }

  /** What there is where the warm-up is broken off. */
  get soFar(): WarmupFinding {
    return this.#finding ?? this.#end(false);
  }

  add({ requests, cpuUsPerRequest, fault }: SliceRecord): void {
    const { minRequests, patienceWindows, minWindows, maxWindows, compared } = this.#rule;
    this.#requests += requests;
    this.#costs.push(cpuUsPerRequest);
    this.#empty = requests === 0 ? this.#empty + 1 : 0;
    const windows = this.#costs.length;
    const isEnough = this.#requests >= minRequests || windows >= patienceWindows;
    if (this.#empty === EMPTY_WINDOWS) this.#finding = this.#end(false, fault ?? NOTHING);
    else if (windows >= minWindows && isEnough && isSettled(this.#costs, compared)) {
      this.#finding = this.#end(true);
    } else if (windows >= maxWindows) this.#finding = this.#end(false);
  }

  #end(steady: boolean, problem: string | null = null): WarmupFinding {
    return { requests: this.#requests, steady, problem };
  }
}

/**
 * Warms up both arms in turn, window by window, so that neither waits while the other grows: a runtime that idles tidies up,
 * and would then not be where the other is.
 */
export async function warmUpInTurn(
  order: readonly Arm[],
  measure: (arm: Arm) => Promise<SliceRecord>,
  rule: ScenarioWarmup,
  signal: AbortSignal,
): Promise<Record<Arm, WarmupFinding>> {
  const warmups = { base: new Warmup(rule), head: new Warmup(rule) };
  const isOver = (arm: Arm): boolean => warmups[arm].finding !== null;
  const hasFailed = (arm: Arm): boolean => (warmups[arm].finding?.problem ?? null) !== null;
  while (!order.every(isOver) && !order.some(hasFailed) && !signal.aborted) {
    // An arm that is ready goes on while the other is not: both then have seen as much.
    for (const arm of order) {
      if (signal.aborted || order.some(hasFailed)) break;
      const slice = await measure(arm);
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
  const previous = mean(costs.slice(0, compared));
  const last = mean(costs.slice(compared));
  return Math.abs(last - previous) < SETTLED * Math.max(last, previous);
}
