import { type Random, seededRandom } from '../../../harness/base/random.ts';

/** A standard normal variate (Box and Muller, 1958). */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

/** n values of a generator, with its own seed. */
export function sample(n: number, seed: number, draw: (random: Random, index: number) => number): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: n }, (_, index) => draw(random, index));
}
