import { binomialDistribution, cumulativeStdNormalProbability, gammaln } from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import {
  betaRegularized,
  binomialCdf,
  lnGamma,
  normalCdf,
  studentCdf,
  studentQuantile,
} from '../../harness/analysis/distribution.ts';

describe('distributions', () => {
  it('lnGamma agrees with factorials and with an independent implementation', () => {
    let lnFactorial = 0;
    for (let n = 1; n <= 30; n++) {
      expect(lnGamma(n)).toBeCloseTo(lnFactorial, 10);
      expect(lnGamma(n + 0.5)).toBeCloseTo(gammaln(n + 0.5), 6);
      lnFactorial += Math.log(n);
    }
  });

  it("Student's quantiles are those of the tables", () => {
    // Pearson and Hartley, Biometrika Tables for Statisticians, table 12.
    expect(studentQuantile(0.975, 1)).toBeCloseTo(12.706, 3);
    expect(studentQuantile(0.975, 4)).toBeCloseTo(2.776, 3);
    expect(studentQuantile(0.995, 9)).toBeCloseTo(3.25, 3);
    expect(studentQuantile(0.9995, 29)).toBeCloseTo(3.659, 3);
    expect(studentQuantile(0.025, 4)).toBeCloseTo(-2.776, 3);
    expect(studentQuantile(0.5, 4)).toBe(0);
  });

  it("Student's CDF has closed forms for one and two degrees of freedom", () => {
    for (const t of [-30, -2, -0.1, 0, 0.5, 3, 100]) {
      expect(studentCdf(t, 1)).toBeCloseTo(0.5 + Math.atan(t) / Math.PI, 12);
      expect(studentCdf(t, 2)).toBeCloseTo(0.5 + t / (2 * Math.sqrt(2 + t * t)), 12);
    }
  });

  it('the normal CDF agrees with tables and with the limit of Student', () => {
    expect(normalCdf(1.959963984540054)).toBeCloseTo(0.975, 12);
    expect(normalCdf(-3.090232306167813)).toBeCloseTo(0.001, 12);
    expect(normalCdf(0)).toBe(0.5);
    for (const z of [-2.5, -1, 0.3, 1.7, 1.75, 2.9]) {
      expect(normalCdf(z)).toBeCloseTo(cumulativeStdNormalProbability(z), 3);
      expect(normalCdf(z)).toBeCloseTo(studentCdf(z, 1e7), 6);
    }
  });

  it('the binomial CDF is the sum of its terms', () => {
    for (const [n, p] of [
      [1, 0.5],
      [7, 0.5],
      [20, 0.9],
      [60, 0.03],
    ] as const) {
      const terms = binomialDistribution(n, p);
      let sum = 0;
      for (let k = 0; k < n; k++) {
        sum += terms?.[k] ?? 0;
        expect(binomialCdf(k, n, p)).toBeCloseTo(Math.min(1, sum), 3);
      }
      expect(binomialCdf(n, n, p)).toBe(1);
      expect(binomialCdf(-1, n, p)).toBe(0);
    }
  });

  it('the incomplete beta function ends at 0 and 1 and mirrors itself', () => {
    expect(betaRegularized(0, 2, 3)).toBe(0);
    expect(betaRegularized(1, 2, 3)).toBe(1);
    expect(betaRegularized(0.2, 2, 3)).toBeCloseTo(1 - betaRegularized(0.8, 3, 2), 14);
    expect(betaRegularized(0.25, 1, 3)).toBeCloseTo(1 - 0.75 ** 3, 14);
  });
});
