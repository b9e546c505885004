import { US_PER_MS } from '../base/units.ts';
import type { LoadRequest, MeasuredWindow } from '../model/load.ts';

/** What a request that starts at a given time belongs to. */
export const WARMUP = 0;
export const SAMPLE = 1;
export const OVER = 2;
export type Cohort = typeof WARMUP | typeof SAMPLE | typeof OVER;

/**
 * Decides which requests are the sample and when no more are sent: after a time, or after an exact number of requests.
 * Until the window is announced everything is warm-up.
 */
export class Termination {
  readonly #amount: number;
  readonly #drainUs: number;
  #startUs = Number.POSITIVE_INFINITY;
  #endUs = Number.POSITIVE_INFINITY;
  #admitted = 0;
  #lastAdmittedUs = 0;

  constructor({ termination, drainMs }: Pick<LoadRequest, 'termination' | 'drainMs'>) {
    this.#amount = termination.kind === 'amount' ? termination.requests : Number.POSITIVE_INFINITY;
    this.#drainUs = drainMs * US_PER_MS;
  }

  announce(window: MeasuredWindow): void {
    this.#startUs = window.startUs;
    this.#endUs = window.endUs;
  }

  /** Admits a request whose (intended) start is at `startUs`, and counts it where it is part of the sample. */
  admit(startUs: number): Cohort {
    if (startUs < this.#startUs) return WARMUP;
    if (startUs >= this.#endUs || this.#admitted === this.#amount) return OVER;
    this.#admitted++;
    this.#lastAdmittedUs = startUs;
    return SAMPLE;
  }

  isOver(nowUs: number): boolean {
    return nowUs >= this.#endUs || this.#admitted === this.#amount;
  }

  /** When what is still in flight is given up: the drain counts from the end of the window, or from the last request. */
  get drainDeadlineUs(): number {
    const fromUs = this.#admitted === this.#amount ? this.#lastAdmittedUs : this.#endUs;
    return fromUs + this.#drainUs;
  }
}
