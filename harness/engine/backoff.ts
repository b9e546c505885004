/** At most 20 connects a second and connection, fewer while none of them leads to a response. */
const MIN_SPACING_US = 50_000;
const MAX_DOUBLINGS = 4;

/** Spaces the connects of one connection, by how its lives ended. */
export class Backoff {
  #connectedUs = Number.NEGATIVE_INFINITY;
  #barrenLives = 0;

  connecting(nowUs: number): void {
    this.#connectedUs = nowUs;
  }

  /**
   * Earliest time of the next connect, after a life that failed or not, and that brought whole responses or not. A
   * server that closes in order after answering is followed at once.
   */
  retryUs(life: { hasFailed: boolean; hasAnswered: boolean }): number {
    this.#barrenLives = life.hasAnswered ? 0 : this.#barrenLives + 1;
    if (life.hasAnswered && !life.hasFailed) return Number.NEGATIVE_INFINITY;
    const doublings = Math.min(MAX_DOUBLINGS, Math.max(0, this.#barrenLives - 1));
    return this.#connectedUs + MIN_SPACING_US * 2 ** doublings;
  }
}
