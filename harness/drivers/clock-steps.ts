import type { Clock } from '../base/clock.ts';
import { formatMs, US_PER_MS } from '../base/units.ts';
import type { LoadDriver, LoadObserver } from '../model/ports.ts';
import type { Reason } from '../model/reason.ts';

/** NTP slews both clocks alike: they part by steps alone, of 128 ms at least with ntpd; what readings err by is far below. */
const STEP_MS = 20;
/** A pause between the readings of the two clocks looks like a step: of several pairs the closest counts. */
const READINGS = 4;

/** The driver, which also notes when the wall clock was stepped between the start of the window and the end of the load. */
export function noticingClockSteps(driver: LoadDriver, clock: Clock): LoadDriver {
  return {
    ...driver,
    run: (request, observer, signal) => {
      const steps = new ClockSteps(clock);
      return driver.run(request, steps.watching(observer), signal).then((outcome) => {
        if (outcome.kind !== 'measured') return outcome;
        const { result } = outcome;
        return { ...outcome, result: { ...result, reasons: [...result.reasons, ...steps.reasons()] } };
      });
    },
  };
}

/** Compares how far the wall clock is from the monotonic one with how far it was as the window began. */
class ClockSteps {
  readonly #clock: Clock;
  #startMs: number | null = null;
  #largestMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  watching(observer: LoadObserver): LoadObserver {
    return {
      window: (window) => {
        this.#startMs = wallAheadMs(this.#clock);
        observer.window(window);
      },
      progress: (progress) => {
        this.#look();
        observer.progress(progress);
      },
    };
  }

  reasons(): Reason[] {
    this.#look();
    const stepMs = this.#largestMs;
    if (Math.abs(stepMs) < STEP_MS) return [];
    const detail = `${formatMs(Math.abs(stepMs))} ${stepMs > 0 ? 'forward' : 'back'} during the measurement`;
    return [{ code: 'CLOCK_STEP', detail }];
  }

  #look(): void {
    if (this.#startMs === null) return;
    const stepMs = wallAheadMs(this.#clock) - this.#startMs;
    if (Math.abs(stepMs) > Math.abs(this.#largestMs)) this.#largestMs = stepMs;
  }
}

/** Wall time less monotonic time, in ms: constant but for steps. The monotonic clock is read on both sides of the wall clock. */
function wallAheadMs(clock: Clock): number {
  let best = { apartUs: Number.POSITIVE_INFINITY, aheadMs: 0 };
  for (let reading = 0; reading < READINGS; reading++) {
    const beforeUs = clock.monotonicUs();
    const wallMs = clock.wallMs();
    const afterUs = clock.monotonicUs();
    const aheadMs = wallMs - (beforeUs + afterUs) / 2 / US_PER_MS;
    if (afterUs - beforeUs < best.apartUs) best = { apartUs: afterUs - beforeUs, aheadMs };
  }
  return best.aheadMs;
}
