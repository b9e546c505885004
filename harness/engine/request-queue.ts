/** Room for requests: intended start, actual send, cohort. No object for each; queues may share it, a stretch for each. */
export class RequestSlots {
  readonly intendedUs: Float64Array;
  readonly sentUs: Float64Array;
  readonly isSample: Uint8Array;

  constructor(capacity: number) {
    this.intendedUs = new Float64Array(capacity);
    this.sentUs = new Float64Array(capacity);
    this.isSample = new Uint8Array(capacity);
  }
}

/** A first-in-first-out ring of requests. One that outgrows its stretch moves to slots of its own. */
export class RequestQueue {
  length = 0;
  #slots: RequestSlots;
  #first: number;
  #capacity: number;
  #head = 0;

  /** Takes `capacity` slots from `first` on; nobody else may use them. */
  constructor(capacity: number, slots: RequestSlots = new RequestSlots(capacity), first = 0) {
    this.#slots = slots;
    this.#first = first;
    this.#capacity = capacity;
  }

  push(intendedUs: number, sentUs: number, isSample: boolean): void {
    if (this.length === this.#capacity) this.#grow();
    const slot = this.#slotOf(this.length);
    this.#slots.intendedUs[slot] = intendedUs;
    this.#slots.sentUs[slot] = sentUs;
    this.#slots.isSample[slot] = isSample ? 1 : 0;
    this.length++;
  }

  /** Removes the oldest; to be read before through the `head…` properties. */
  shift(): void {
    this.length--;
    this.#head = this.#head + 1 === this.#capacity ? 0 : this.#head + 1;
  }

  get headIntendedUs(): number {
    return this.#slots.intendedUs[this.#first + this.#head] ?? 0;
  }

  get headSentUs(): number {
    return this.#slots.sentUs[this.#first + this.#head] ?? 0;
  }

  get headIsSample(): boolean {
    return this.#slots.isSample[this.#first + this.#head] === 1;
  }

  #slotOf(place: number): number {
    const index = this.#head + place;
    return this.#first + (index < this.#capacity ? index : index - this.#capacity);
  }

  #grow(): void {
    const slots = new RequestSlots(this.#capacity * 2);
    for (let place = 0; place < this.length; place++) {
      const from = this.#slotOf(place);
      slots.intendedUs[place] = this.#slots.intendedUs[from] ?? 0;
      slots.sentUs[place] = this.#slots.sentUs[from] ?? 0;
      slots.isSample[place] = this.#slots.isSample[from] ?? 0;
    }
    this.#slots = slots;
    this.#first = 0;
    this.#capacity *= 2;
    this.#head = 0;
  }
}
