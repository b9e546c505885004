import { exponential, type Random, seededRandom } from '../base/random.ts';
import { US_PER_S } from '../base/units.ts';

/** Says when the next request of an open loop is due. It knows no clock: the schedule is fixed before anything is sent. */
export interface Pacer {
  /** Intended start of the next request, in µs on the clock that `startUs` was read from. */
  readonly nextUs: number;
  advance(): void;
}

export interface PacerOptions {
  startUs: number;
  rateRps: number;
  arrivals: 'constant' | 'poisson';
  /** Which of several workers this is: it decides the phase of a constant pace. */
  workerIndex: number;
  seed: number;
}

/** Shift between workers as a share of the period: multiples of it stay spread however many workers there are. */
const GOLDEN_RATIO = 0.618_033_988_749_895;

export function pacerOf(options: PacerOptions): Pacer {
  return options.arrivals === 'constant' ? new ConstantPacer(options) : new PoissonPacer(options);
}

/** One request every 1/rate: each time is computed from the first, so that no rounding error adds up. */
class ConstantPacer implements Pacer {
  nextUs: number;
  readonly #firstUs: number;
  readonly #periodUs: number;
  #count = 0;

  constructor({ startUs, rateRps, workerIndex }: PacerOptions) {
    this.#periodUs = US_PER_S / rateRps;
    this.#firstUs = startUs + ((workerIndex * GOLDEN_RATIO) % 1) * this.#periodUs;
    this.nextUs = this.#firstUs;
  }

  advance(): void {
    this.#count++;
    this.nextUs = this.#firstUs + this.#count * this.#periodUs;
  }
}

/** Exponential gaps with mean 1/rate: independent arrivals. Processes of several workers add up to one of the summed rate. */
class PoissonPacer implements Pacer {
  nextUs: number;
  readonly #random: Random;
  readonly #meanUs: number;

  constructor({ startUs, rateRps, seed }: PacerOptions) {
    this.#meanUs = US_PER_S / rateRps;
    this.#random = seededRandom(seed);
    this.nextUs = startUs;
    this.advance();
  }

  advance(): void {
    this.nextUs += exponential(this.#random, this.#meanUs);
  }
}
