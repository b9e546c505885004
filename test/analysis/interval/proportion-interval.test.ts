import { describe, expect, it } from 'vitest';
import { binomialCdf } from '../../../harness/analysis/distribution.ts';
import { proportionInterval } from '../../../harness/analysis/interval/proportion-interval.ts';

describe('the exact interval of a share', () => {
  it.each([
    // Closed forms: none of n is at most 1 - (alpha / 2)^(1/n), all of n at least (alpha / 2)^(1/n).
    [0, 300, 0, 1 - 0.025 ** (1 / 300)],
    [300, 300, 0.025 ** (1 / 300), 1],
    // Clopper and Pearson's own chart: 10 of 20.
    [10, 20, 0.272, 0.728],
    [1, 10, 0.0025, 0.445],
  ])('of %i in %i reaches from %f to %f', (successes, trials, low, high) => {
    const interval = proportionInterval(successes, trials);
    expect(interval.low).toBeCloseTo(low, 3);
    expect(interval.high).toBeCloseTo(high, 3);
  });

  it('covers the truth in at least 95 of 100 cases, by enumeration', () => {
    const trials = 40;
    const intervals = Array.from({ length: trials + 1 }, (_, k) => proportionInterval(k, trials));
    for (const truth of [0.01, 0.05, 0.2, 0.5, 0.77, 0.95, 0.99]) {
      const covered = intervals.reduce((sum, { low, high }, k) => {
        const probability = binomialCdf(k, trials, truth) - binomialCdf(k - 1, trials, truth);
        return low <= truth && truth <= high ? sum + probability : sum;
      }, 0);
      expect(covered, `at ${truth}`).toBeGreaterThanOrEqual(0.95);
      expect(covered, `at ${truth}`).toBeLessThanOrEqual(1 + 1e-9);
    }
  });

  it('narrows with trials, and refuses what is no share', () => {
    const width = (trials: number): number => {
      const { low, high } = proportionInterval(trials / 2, trials);
      return high - low;
    };
    expect(width(400)).toBeLessThan(width(100) / 1.8);
    expect(() => proportionInterval(3, 2)).toThrow(/3 of 2/);
    expect(() => proportionInterval(0, 0)).toThrow(/0 of 0/);
  });
});
