import fc from 'fast-check';
import { center, centerBounds, Sample } from 'pragmastat';
import { describe, expect, it } from 'vitest';
import {
  hodgesLehmann,
  signedRankAboveP,
  signedRankCdf,
  signedRankInterval,
  signedRankLowerBound,
  walshAverages,
} from '../../../harness/analysis/interval/signed-rank.ts';
import { normal, sample } from '../support/random-variates.ts';

/** Every assignment of signs to magnitudes. */
function signings(magnitudes: readonly number[]): number[][] {
  return Array.from({ length: 2 ** magnitudes.length }, (_, mask) =>
    magnitudes.map((magnitude, i) => ((mask >> i) & 1 ? magnitude : -magnitude)),
  );
}

describe('the signed-rank distribution', () => {
  it.each([1, 2, 5, 8, 11])('is exact for %i values, by enumeration of all signs', (n) => {
    const ranks = Array.from({ length: n }, (_, i) => i + 1);
    const sums = signings(ranks).map((signs) => signs.filter((rank) => rank > 0).reduce((a, b) => a + b, 0));
    for (let w = -1; w <= (n * (n + 1)) / 2; w++) {
      const share = sums.filter((sum) => sum <= w).length / sums.length;
      expect(signedRankCdf(n, w)).toBeCloseTo(share, 12);
    }
  });

  it('refuses to pretend for samples too large', () => {
    expect(() => signedRankCdf(401, 10)).toThrow(RangeError);
  });
});

describe('the Hodges-Lehmann estimate and its interval', () => {
  it('agrees with an independent implementation at every level that can be reached', () => {
    for (const n of [6, 8, 12, 24]) {
      const values = sample(n, n, (random) => 3 + normal(random));
      const reference = Sample.of(values);
      expect(hodgesLehmann(values)).toBeCloseTo(center(reference).value, 12);
      for (const w of [1, 3, 6]) {
        const misrate = 2 * signedRankCdf(n, w);
        const { lower, upper } = centerBounds(reference, misrate * (1 - 1e-9));
        const { interval } = signedRankInterval(values, 1 - misrate - 1e-9);
        expect(interval?.low).toBeCloseTo(lower, 12);
        expect(interval?.high).toBeCloseTo(upper, 12);
      }
    }
  });

  it.each([6, 8, 10])(
    'misses a centre of symmetry in at most 5 %% of all sign patterns of %i values',
    (n) => {
      const magnitudes = sample(n, n, (random) => 1 + 9 * random.next());
      const patterns = signings(magnitudes);
      const missed = patterns.filter((values) => {
        const { interval } = signedRankInterval(values);
        return interval === null || interval.low > 0 || interval.high < 0;
      });
      expect(missed.length / patterns.length).toBeLessThanOrEqual(0.05);
      expect(missed.length).toBeGreaterThan(0);
    },
  );

  it('exists for 95 % from six values on', () => {
    expect(signedRankInterval([1, 2, 3, 4, 5]).interval).toBeNull();
    expect(signedRankInterval([1, 2, 3, 4, 5, 6]).interval).toEqual({ low: 1, high: 6 });
  });

  it('has a lower bound above a value exactly when the test rejects that value', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 6, maxLength: 14 }),
        fc.integer({ min: -40, max: 40 }),
        fc.constantFrom(0.001, 0.01, 0.025, 0.05, 0.2),
        (values, bound, alpha) => {
          const lower = signedRankLowerBound(values, alpha);
          const rejected = signedRankAboveP(values, bound) <= alpha;
          expect(rejected).toBe(lower !== null && lower > bound);
        },
      ),
    );
  });

  it('moves and scales with the values', () => {
    const values = sample(9, 4, normal);
    const { estimate, interval } = signedRankInterval(values.map((value) => 10 - 2 * value));
    const plain = signedRankInterval(values);
    expect(estimate).toBeCloseTo(10 - 2 * plain.estimate, 12);
    expect(interval?.low).toBeCloseTo(10 - 2 * (plain.interval?.high ?? 0), 12);
  });

  it('counts n(n + 1)/2 Walsh averages', () => {
    expect(walshAverages([1, 3, 8])).toEqual([1, 2, 3, 4.5, 5.5, 8]);
  });
});
