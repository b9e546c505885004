import { createHash, type Hash } from 'node:crypto';
import { type Random, seededRandom } from '../../base/random.ts';
import type { ExpectedResponse } from '../../model/load.ts';

/** One body in 64 is hashed: enough to meet one bad body in a hundred for certain within a few thousand responses. */
const SAMPLED_SHARE = 1 / 64;

/** Compares bodies with the expected one: every length, and the bytes of a random sample. */
export class BodyCheck {
  readonly #expected: ExpectedResponse;
  readonly #random: Random;

  constructor(expected: ExpectedResponse, seed: number) {
    this.#expected = expected;
    this.#random = seededRandom(seed);
  }

  /** The hash that the bytes of the next body go into, or null where it is not in the sample. */
  sample(): Hash | null {
    if (this.#expected.bodySha256 === null || this.#random.next() >= SAMPLED_SHARE) return null;
    return createHash('sha256');
  }

  hasExpectedLength(bytes: number): boolean {
    return this.#expected.bodyBytes === null || this.#expected.bodyBytes === bytes;
  }

  hasExpectedBytes(hash: Hash | null): boolean {
    return hash === null || hash.digest('hex') === this.#expected.bodySha256;
  }
}
