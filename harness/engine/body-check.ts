import { createHash, type Hash } from 'node:crypto';
import { type Random, randomIndex, seededRandom } from '../base/random.ts';
import type { ExpectedResponse } from '../model/load.ts';
import type { BodySink } from './chunked-body.ts';

/** Gaps between checked responses are uniform in [1, 127]: one in 64 is checked, more than the 1 % that is promised. */
const GAP_BOUND = 127;
/** A body that proved right is kept up to this size, since comparing with it costs a fraction of hashing. */
const REFERENCE_LIMIT_BYTES = 16 * 1_048_576;

/** Chooses, seeded, which bodies are checked byte by byte, and knows what they should be. */
export class BodySampler {
  /** A body whose hash was right, for comparison with later ones. */
  reference: Buffer | null = null;
  readonly #sha256: string | null;
  readonly #length: number | null;
  readonly #random: Random;
  #countdown: number;

  constructor(expected: ExpectedResponse, seed: number) {
    this.#sha256 = expected.bodySha256;
    this.#length = expected.bodyBytes;
    this.#random = seededRandom(seed);
    this.#countdown = this.#gap();
  }

  #gap(): number {
    return this.#sha256 === null ? Number.POSITIVE_INFINITY : 1 + randomIndex(this.#random, GAP_BOUND);
  }

  /** The check for the next response, or null where it goes unchecked. */
  next(): BodyCheck | null {
    if (--this.#countdown > 0 || this.#sha256 === null) return null;
    this.#countdown = this.#gap();
    const keptBytes = this.#length !== null && this.#length <= REFERENCE_LIMIT_BYTES ? this.#length : null;
    return new BodyCheck(this, this.#sha256, keptBytes);
  }
}

/** The check of one body: against the reference once there is one, before that by SHA-256. */
export class BodyCheck implements BodySink {
  readonly #sampler: BodySampler;
  readonly #sha256: string;
  readonly #reference: Buffer | null;
  readonly #hash: Hash | null;
  readonly #copy: Buffer | null;
  #length = 0;
  #isEqual = true;

  constructor(sampler: BodySampler, sha256: string, keptBytes: number | null) {
    this.#sampler = sampler;
    this.#sha256 = sha256;
    this.#reference = sampler.reference;
    this.#hash = this.#reference === null ? createHash('sha256') : null;
    this.#copy = this.#reference === null && keptBytes !== null ? Buffer.alloc(keptBytes) : null;
  }

  bytes(chunk: Uint8Array, from: number, to: number): void {
    const at = this.#length;
    this.#length += to - from;
    if (this.#hash !== null) {
      this.#hash.update(chunk.subarray(from, to));
      if (this.#copy !== null && this.#length <= this.#copy.length)
        this.#copy.set(chunk.subarray(from, to), at);
    } else if (this.#reference !== null && this.#isEqual) {
      this.#isEqual =
        this.#length <= this.#reference.length &&
        this.#reference.compare(chunk, from, to, at, this.#length) === 0;
    }
  }

  /** To be asked once, at the end of the body. */
  isRight(): boolean {
    if (this.#hash === null) return this.#isEqual && this.#length === this.#reference?.length;
    const isRight = this.#hash.digest('hex') === this.#sha256;
    if (isRight && this.#copy !== null && this.#length === this.#copy.length)
      this.#sampler.reference = this.#copy;
    return isRight;
  }
}
