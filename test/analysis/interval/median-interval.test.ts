import { quantileSorted } from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import {
  medianInterval,
  quantileInterval,
  quantileRanks,
} from '../../../harness/analysis/interval/median-interval.ts';
import { median } from '../../../harness/analysis/order.ts';
import { PERCENTILE_MIN_SAMPLES } from '../../../harness/model/metric.ts';
import { normal, sample } from '../support/random-variates.ts';

describe('the order-statistic interval of a quantile', () => {
  it('of a median needs six values for 95 %', () => {
    expect(medianInterval([5, 1, 4, 2, 3])).toBeNull();
    expect(medianInterval([5, 1, 4, 2, 3, 6])).toEqual({ low: 1, high: 6 });
  });

  it('takes the ranks of the tables: 2 and 8 of nine values, 6 and 15 of twenty', () => {
    // Conover, Practical Nonparametric Statistics (1999), table A3.
    expect(quantileRanks(9, 0.5, 0.95)).toEqual({ low: 1, high: 7 });
    expect(quantileRanks(20, 0.5, 0.95)).toEqual({ low: 5, high: 14 });
  });

  it('misses by enumeration of all below/above patterns in at most 5 %', () => {
    for (let n = 6; n <= 14; n++) {
      let missed = 0;
      for (let mask = 0; mask < 2 ** n; mask++) {
        const below = mask.toString(2).split('1').length - 1;
        const ranks = quantileRanks(n, 0.5, 0.95);
        // The median lies below the value at rank r exactly when at most r values lie below it.
        if (ranks === null || below <= ranks.low || below > ranks.high) missed++;
      }
      expect(missed / 2 ** n, `n = ${n}`).toBeLessThanOrEqual(0.05);
    }
  });

  it('exists for every percentile that is printed at all, and not for far fewer samples', () => {
    for (const [percentile, needed] of PERCENTILE_MIN_SAMPLES) {
      expect(quantileRanks(needed, percentile / 100, 0.95), `p${percentile}`).not.toBeNull();
      expect(quantileRanks(Math.floor(needed / 3), percentile / 100, 0.95), `p${percentile}`).toBeNull();
    }
  });

  it('contains the sample median, which agrees with an independent one', () => {
    for (let n = 6; n < 40; n++) {
      const values = sample(n, n, normal);
      const sorted = values.toSorted((a, b) => a - b);
      expect(median(values)).toBeCloseTo(quantileSorted(sorted, 0.5), 12);
      const interval = medianInterval(values);
      expect(interval?.low).toBeLessThanOrEqual(median(values));
      expect(interval?.high).toBeGreaterThanOrEqual(median(values));
    }
  });

  it('covers a p90 of a skewed sample', () => {
    const truth = -Math.log(0.1);
    const covered = Array.from({ length: 400 }, (_, seed) => {
      const interval = quantileInterval(
        sample(130, seed + 1, (random) => -Math.log(1 - random.next())),
        0.9,
      );
      return interval !== null && interval.low <= truth && truth <= interval.high;
    }).filter(Boolean).length;
    expect(covered / 400).toBeGreaterThanOrEqual(0.93);
    expect(covered / 400).toBeLessThanOrEqual(0.99);
  });
});
