import { randomBytes, randomInt } from 'node:crypto';

/** A seeded stream of uniform numbers in [0, 1). The same seed gives the same stream on every machine. */
export interface Random {
  next(): number;
}

/** sfc32 (Chris Doty-Humphrey, PractRand): 128 bits of state, seeded by splitmix32 from one integer. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const splitmix = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  };
  let a = splitmix();
  let b = splitmix();
  let c = splitmix();
  let counter = 1;
  const nextUint32 = (): number => {
    const result = (a + b + counter) >>> 0;
    counter = (counter + 1) >>> 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) >>> 0;
    c = ((c << 21) | (c >>> 11)) >>> 0;
    c = (c + result) >>> 0;
    return result;
  };
  for (let i = 0; i < 12; i++) nextUint32();
  return { next: () => nextUint32() / 0x1_0000_0000 };
}

/** An independent stream derived from a seed and a stream number (a worker, a launch, a trial). */
export function derivedSeed(seed: number, stream: number): number {
  return (Math.imul(seed ^ 0x5bd1e995, 0x2c1b3c6d) ^ Math.imul(stream + 1, 0x297a2d39)) >>> 0;
}

/** A uniform integer in [0, bound). */
export function randomIndex(random: Random, bound: number): number {
  return Math.floor(random.next() * bound);
}

/** A new array in a uniformly random order (Fisher-Yates). */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = randomIndex(random, i + 1);
    const held = result[i];
    const other = result[j];
    if (held !== undefined && other !== undefined) {
      result[i] = other;
      result[j] = held;
    }
  }
  return result;
}

/** An exponential variate with the given mean (inverse transform). */
export function exponential(random: Random, mean: number): number {
  return -Math.log(1 - random.next()) * mean;
}

/** An unpredictable token for identity checks, `bytes` long, in hex. */
export function secureToken(bytes = 16): string {
  return randomBytes(bytes).toString('hex');
}

/** A seed for users who did not choose one: printed, stored, and enough to repeat the plan. */
export function freshSeed(): number {
  return randomInt(1, 0x7fff_ffff);
}
