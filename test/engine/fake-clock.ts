import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../../harness/base/clock.ts';

interface Alarm {
  atUs: number;
  ring: () => void;
}

/** Time that stands still until everything waits, then jumps to the next alarm: minutes pass in milliseconds. */
export class FakeClock implements Clock {
  #nowUs = 1_000_000;
  #alarms: Alarm[] = [];

  monotonicUs(): number {
    return this.#nowUs;
  }

  wallMs(): number {
    return this.#nowUs / 1_000;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const alarm = { atUs: this.#nowUs + Math.max(0, ms) * 1_000, ring: resolve };
      this.#alarms.push(alarm);
      signal?.addEventListener('abort', () => {
        this.#alarms = this.#alarms.filter((other) => other !== alarm);
        reject(signal.reason);
      });
    });
  }

  /** Lets time pass until the promise settles. */
  async run<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const watched = promise.finally(() => {
      settled = true;
    });
    watched.catch(() => undefined);
    for (;;) {
      await turn();
      if (settled) return watched;
      const next = this.#alarms.reduce<Alarm | null>((a, b) => (a === null || b.atUs < a.atUs ? b : a), null);
      if (next === null) throw new Error('nothing left to wait for: the code under test hangs');
      this.#alarms = this.#alarms.filter((other) => other !== next);
      this.#nowUs = Math.max(this.#nowUs, next.atUs);
      next.ring();
    }
  }
}
