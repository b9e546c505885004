import { monotonicUs } from '../base/clock.ts';
import type { Connection } from './connection.ts';
import type { ConnectionTroubles } from './connection-troubles.ts';
import type { LoadLoop } from './load-loop.ts';
import { OVER, SAMPLE, type Termination } from './termination.ts';

/** Each connection sends its next request as soon as there is room for it: at once after a response. */
export class ClosedLoop implements LoadLoop {
  readonly queued = 0;
  readonly idleSpinUs = 0;
  /** Filled by the time of the start. */
  readonly #connections: readonly Connection[];
  readonly #termination: Termination;
  readonly #troubles: ConnectionTroubles;
  #isRunning = false;

  constructor(connections: readonly Connection[], termination: Termination, troubles: ConnectionTroubles) {
    this.#connections = connections;
    this.#termination = termination;
    this.#troubles = troubles;
  }

  start(): void {
    this.#isRunning = true;
    for (const connection of this.#connections) this.available(connection);
  }

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

  unsolicited(): void {
    this.#troubles.unsolicited();
  }

  connectFailed(code: string | null): void {
    this.#troubles.connectFailed(code);
  }
}
