/**
 * One absolute deadline for each connection, looked through in a coarse sweep: setting one is a store in an array, where
 * a timer for each request would cost more than the request.
 */
export class Alarms {
  readonly #atUs: Float64Array;

  constructor(count: number) {
    this.#atUs = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  }

  set(index: number, atUs: number): void {
    this.#atUs[index] = atUs;
  }

  clear(index: number): void {
    this.#atUs[index] = Number.POSITIVE_INFINITY;
  }

  /** Rings, once each, the alarms whose time has come. */
  sweep(nowUs: number, ring: (index: number) => void): void {
    const deadlines = this.#atUs;
    for (let index = 0; index < deadlines.length; index++) {
      if ((deadlines[index] ?? 0) > nowUs) continue;
      deadlines[index] = Number.POSITIVE_INFINITY;
      ring(index);
    }
  }
}
