import { monotonicUs } from '../base/clock.ts';
import type { Connection } from './connection.ts';
import type { LoadLoop } from './load-loop.ts';
import { OVER, SAMPLE, type Termination } from './termination.ts';

/** Each connection sends its next request as soon as there is room for it: at once after a response. */
export class ClosedLoop implements LoadLoop {
  readonly queued = 0;
  readonly idleSpinUs = 0;
  /** Filled by the time of the start. */
  readonly #connections: readonly Connection[];
  readonly #termination: Termination;
  #isRunning = false;

  constructor(connections: readonly Connection[], termination: Termination) {
    this.#connections = connections;
    this.#termination = termination;
  }

  start(): void {
    this.#isRunning = true;
    for (const connection of this.#connections) this.available(connection);
  }

  /** Nothing is ever due: the next request follows a response. */
  catchUp(): void {}

  stop(): void {
    this.#isRunning = false;
  }

  available(connection: Connection): void {
    if (!this.#isRunning) return;
    let nowUs = 0;
    while (connection.hasRoom) {
      nowUs = monotonicUs();
      const cohort = this.#termination.admit(nowUs);
      if (cohort === OVER) break;
      connection.take(nowUs, nowUs, cohort === SAMPLE);
    }
    if (connection.unsent > 0) connection.flush(nowUs);
  }
}
