import { US_PER_MS } from '../base/units.ts';
import type { LoadResult, MeasuredWindow } from '../model/load.ts';
import type { WorkerTick } from './fleet-protocol.ts';

interface Totals {
  completed: number;
  failed: number;
  latencySumUs: number;
  latencyMaxUs: number;
}

/** What a steadiness test sees of one stretch of the warm-up, over all workers. */
export interface SteadinessWindow {
  completed: number;
  /** Of correct responses; null where there was none. */
  latencyMeanUs: number | null;
}

export type SteadinessTest = (windows: readonly SteadinessWindow[]) => 'steady' | 'not-yet';

/** From this length on, a period of the series is a second; shorter windows show each slot. */
const LONG_WINDOW_US = 10_000_000;
const LONG_PERIOD_US = 1_000_000;

/** The ticks of all workers, added up in slots of one tick each. */
export class Timeline {
  readonly #slotUs: number;
  readonly #originUs: number;
  readonly #slots: Totals[] = [];
  readonly #heardUntilUs: number[];

  constructor(originUs: number, slotUs: number, workers: number) {
    this.#originUs = originUs;
    this.#slotUs = slotUs;
    this.#heardUntilUs = Array.from({ length: workers }, () => originUs);
  }

  /** A tick counts wholly in the slot that holds its middle: ticks that are some ms late still find their own. */
  add(workerIndex: number, tick: WorkerTick): void {
    const middleUs = tick.atUs - tick.periodUs / 2 - this.#originUs;
    const index = Math.max(0, Math.floor(middleUs / this.#slotUs));
    while (this.#slots.length <= index) this.#slots.push(zeroTotals());
    const slot = this.#slots[index];
    if (slot !== undefined) addTo(slot, tick);
    this.#heardUntilUs[workerIndex] = tick.atUs;
  }

  #between(startUs: number, endUs: number): Totals {
    const first = Math.max(0, Math.round((startUs - this.#originUs) / this.#slotUs));
    const last = Math.max(first, Math.round((endUs - this.#originUs) / this.#slotUs));
    const sum = zeroTotals();
    for (const slot of this.#slots.slice(first, last)) addTo(sum, slot);
    return sum;
  }

  /** Stretches of the given length since the start that every worker has reported whole. */
  windows(periodUs: number): SteadinessWindow[] {
    const heardUs = Math.min(...this.#heardUntilUs) + this.#slotUs / 2 - this.#originUs;
    return Array.from({ length: Math.max(0, Math.floor(heardUs / periodUs)) }, (_, index) => {
      const startUs = this.#originUs + index * periodUs;
      const totals = this.#between(startUs, startUs + periodUs);
      return { completed: totals.completed, latencyMeanUs: meanOf(totals) };
    });
  }

  /** Rate and mean latency of the last second (or less, since `sinceUs`) that has been reported. */
  recent(sinceUs: number): { throughputRps: number; latencyMeanUs: number | null } {
    const endUs = Math.min(...this.#heardUntilUs);
    const startUs = Math.max(sinceUs, endUs - 1_000_000);
    const totals = this.#between(startUs, endUs);
    const seconds = (endUs - startUs) / 1e6;
    return { throughputRps: seconds > 0 ? totals.completed / seconds : 0, latencyMeanUs: meanOf(totals) };
  }

  /** The whole load in periods, each with the time of its end since the start of the window: up to 0 for the warm-up. */
  series(window: MeasuredWindow): LoadResult['series'] {
    const periodUs = window.endUs - window.startUs >= LONG_WINDOW_US ? LONG_PERIOD_US : this.#slotUs;
    const before = Math.ceil((window.startUs - this.#originUs) / periodUs);
    const within = Math.ceil((window.endUs - window.startUs) / periodUs);
    return Array.from({ length: before + within }, (_, index) => {
      const nominalUs = window.startUs + (index - before) * periodUs;
      const startUs = Math.max(nominalUs, this.#originUs);
      const endUs = Math.min(nominalUs + periodUs, window.endUs);
      const totals = this.#between(startUs, nominalUs + periodUs);
      return {
        tMs: (endUs - window.startUs) / US_PER_MS,
        periodMs: (endUs - startUs) / US_PER_MS,
        completed: totals.completed,
        failed: totals.failed,
        meanUs: meanOf(totals),
        maxUs: totals.completed === 0 ? null : totals.latencyMaxUs,
      };
    });
  }
}

function zeroTotals(): Totals {
  return { completed: 0, failed: 0, latencySumUs: 0, latencyMaxUs: 0 };
}

function addTo(sum: Totals, part: Totals): void {
  sum.completed += part.completed;
  sum.failed += part.failed;
  sum.latencySumUs += part.latencySumUs;
  sum.latencyMaxUs = Math.max(sum.latencyMaxUs, part.latencyMaxUs);
}

function meanOf({ completed, latencySumUs }: Totals): number | null {
  return completed === 0 ? null : latencySumUs / completed;
}
