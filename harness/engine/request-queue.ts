/** A growing first-in-first-out ring of requests: intended start, actual send, cohort. No object for each. */
export class RequestQueue {
  length = 0;
  #intendedUs: Float64Array;
  #sentUs: Float64Array;
  #isSample: Uint8Array;
  #head = 0;

  constructor(capacity: number) {
    this.#intendedUs = new Float64Array(capacity);
    this.#sentUs = new Float64Array(capacity);
    this.#isSample = new Uint8Array(capacity);
  }

  push(intendedUs: number, sentUs: number, isSample: boolean): void {
    if (this.length === this.#isSample.length) this.#grow();
    let tail = this.#head + this.length;
    if (tail >= this.#isSample.length) tail -= this.#isSample.length;
    this.#intendedUs[tail] = intendedUs;
    this.#sentUs[tail] = sentUs;
    this.#isSample[tail] = isSample ? 1 : 0;
    this.length++;
  }

  /** Removes the oldest; to be read before through the `head…` properties. */
  shift(): void {
    this.length--;
    this.#head = this.#head + 1 === this.#isSample.length ? 0 : this.#head + 1;
  }

  get headIntendedUs(): number {
    return this.#intendedUs[this.#head] ?? 0;
  }

  get headSentUs(): number {
    return this.#sentUs[this.#head] ?? 0;
  }

  get headIsSample(): boolean {
    return this.#isSample[this.#head] === 1;
  }

  #grow(): void {
    const old = this.#isSample.length;
    const unroll = <T extends Float64Array | Uint8Array>(from: T, into: T): T => {
      into.set(from.subarray(this.#head), 0);
      into.set(from.subarray(0, this.#head), old - this.#head);
      return into;
    };
    this.#intendedUs = unroll(this.#intendedUs, new Float64Array(old * 2));
    this.#sentUs = unroll(this.#sentUs, new Float64Array(old * 2));
    this.#isSample = unroll(this.#isSample, new Uint8Array(old * 2));
    this.#head = 0;
  }
}
