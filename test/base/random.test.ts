import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  derivedSeed,
  exponential,
  freshSeed,
  randomIndex,
  secureToken,
  seededRandom,
  shuffled,
} from '../../harness/base/random.ts';

function take(seed: number, count: number): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => random.next());
}

describe('a seeded stream', () => {
  it('is the same for the same seed and another for another', () => {
    expect(take(7, 50)).toEqual(take(7, 50));
    expect(take(7, 50)).not.toEqual(take(8, 50));
  });

  it('stays the same between versions, so that old plans can be repeated', () => {
    expect(take(1, 3).map((value) => value.toFixed(6))).toMatchInlineSnapshot(`
      [
        "0.184526",
        "0.748632",
        "0.037307",
      ]
    `);
  });

  it('is uniform: 100,000 numbers fill ten bins evenly (chi-square below its 99.9 % point, 27.9)', () => {
    const bins = Array.from({ length: 10 }, () => 0);
    for (const value of take(42, 100_000)) {
      const bin = Math.floor(value * 10);
      bins[bin] = (bins[bin] ?? 0) + 1;
    }
    const chiSquare = bins.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    expect(chiSquare).toBeLessThan(27.9);
  });

  it('gives unrelated streams for neighbouring numbers of one seed', () => {
    const seeds = new Set(Array.from({ length: 10_000 }, (_, stream) => derivedSeed(5, stream)));
    expect(seeds.size).toBe(10_000);
    const [a, b] = [take(derivedSeed(5, 0), 10_000), take(derivedSeed(5, 1), 10_000)];
    const covariance = a.reduce((sum, value, i) => sum + (value - 0.5) * ((b[i] ?? 0) - 0.5), 0) / a.length;
    // Standard error of the covariance of independent uniforms: (1/12) / sqrt(n) = 0.00083.
    expect(Math.abs(covariance)).toBeLessThan(0.004);
  });
});

describe('a shuffle', () => {
  it('keeps every item exactly once and leaves its input alone', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer({ min: 0 }), (items, seed) => {
        const before = [...items];
        const result = shuffled(items, seededRandom(seed));
        expect(items).toEqual(before);
        expect(result.toSorted((a, b) => a - b)).toEqual(items.toSorted((a, b) => a - b));
      }),
    );
  });

  it('puts each item in each place equally often', () => {
    const random = seededRandom(3);
    const firsts = { a: 0, b: 0, c: 0 };
    for (let i = 0; i < 30_000; i++) {
      const first = shuffled(['a', 'b', 'c'] as const, random)[0];
      if (first !== undefined) firsts[first]++;
    }
    for (const count of Object.values(firsts)) expect(Math.abs(count - 10_000)).toBeLessThan(400);
  });
});

describe('variates', () => {
  it('exponential ones have the mean asked for and are never negative', () => {
    const random = seededRandom(9);
    const values = Array.from({ length: 100_000 }, () => exponential(random, 250));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean).toBeGreaterThan(245);
    expect(mean).toBeLessThan(255);
    expect(Math.min(...values.slice(0, 1_000))).toBeGreaterThanOrEqual(0);
  });

  it('indices stay below their bound', () => {
    const random = seededRandom(11);
    for (let i = 0; i < 1_000; i++) expect(randomIndex(random, 7)).toBeLessThan(7);
  });

  it('tokens and fresh seeds differ from call to call', () => {
    expect(secureToken()).toMatch(/^[0-9a-f]{32}$/);
    expect(secureToken()).not.toBe(secureToken());
    expect(freshSeed()).toBeGreaterThan(0);
  });
});
