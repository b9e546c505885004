import { describe, expect, it } from 'vitest';
import { type Pacer, pacerOf, type PacerOptions } from '../../harness/engine/pacer.ts';

const START_US = 5_000_000;

function pacer(changes: Partial<PacerOptions>): Pacer {
  return pacerOf({
    startUs: START_US,
    rateRps: 1_000,
    arrivals: 'constant',
    workerIndex: 0,
    seed: 1,
    ...changes,
  });
}

/** The first `count` times of a schedule, in µs since its start. */
function times(count: number, changes: Partial<PacerOptions>): number[] {
  const paced = pacer(changes);
  return Array.from({ length: count }, () => {
    const us = paced.nextUs - START_US;
    paced.advance();
    return us;
  });
}

/** How many requests fall within the first seconds of a schedule. */
function countWithin(seconds: number, changes: Partial<PacerOptions>): number {
  const paced = pacer(changes);
  let count = 0;
  for (; paced.nextUs < START_US + seconds * 1e6; paced.advance()) count++;
  return count;
}

function gaps(values: readonly number[]): number[] {
  return values.slice(1).map((value, index) => value - (values[index] ?? 0));
}

function moments(values: readonly number[]): { mean: number; cv: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, cv: Math.sqrt(variance) / mean };
}

/** Kolmogorov-Smirnov distance between a sample and a distribution function. */
function ksDistance(sample: readonly number[], cdf: (value: number) => number): number {
  const sorted = sample.toSorted((a, b) => a - b);
  return Math.max(
    ...sorted.map((value, index) =>
      Math.max(cdf(value) - index / sorted.length, (index + 1) / sorted.length - cdf(value)),
    ),
  );
}

describe('a constant pace', () => {
  it.each([50, 100, 1_000, 5_000, 33_333.3])(
    'G5 rate fidelity: %d req/s for 5 s is exact to 2 requests',
    (rateRps) => {
      expect(Math.abs(countWithin(5, { rateRps }) - rateRps * 5)).toBeLessThanOrEqual(2);
    },
  );

  it('G5 rate fidelity: its gaps are all alike', () => {
    expect(moments(gaps(times(10_000, { rateRps: 30_000 }))).cv).toBeLessThan(1e-6);
  });

  it('does not drift: the millionth time is as exact as the first', () => {
    expect(times(1_000_001, { rateRps: 3_000 }).at(-1)).toBeCloseTo(1_000_000 * (1e6 / 3_000), 3);
  });

  it('is spread between workers, so that they do not send at the same instant', () => {
    for (const workers of [2, 3, 4, 8, 16]) {
      const phases = Array.from({ length: workers }, (_, workerIndex) => times(1, { workerIndex })[0] ?? 0);
      const sorted = phases.toSorted((a, b) => a - b);
      const periodUs = 1_000;
      const around = [...gaps(sorted), periodUs - (sorted.at(-1) ?? 0) + (sorted[0] ?? 0)];
      expect(Math.max(...phases)).toBeLessThan(periodUs);
      expect(Math.min(...around)).toBeGreaterThan((periodUs / workers) * 0.35);
    }
  });
});

describe('Poisson arrivals', () => {
  const sample = gaps(times(20_001, { arrivals: 'poisson', rateRps: 2_000, seed: 7 }));

  it('G5 rate fidelity: gaps are exponential by Kolmogorov-Smirnov', () => {
    const distance = ksDistance(sample, (us) => 1 - Math.exp(-us / 500));
    expect(distance).toBeLessThan(1.63 / Math.sqrt(sample.length));
  });

  it('G5 rate fidelity: mean and coefficient of variation are those of the rate', () => {
    const { mean, cv } = moments(sample);
    expect(mean).toBeGreaterThan(500 * 0.98);
    expect(mean).toBeLessThan(500 * 1.02);
    expect(cv).toBeGreaterThan(0.97);
    expect(cv).toBeLessThan(1.03);
  });

  it('are the same for the same seed, and others for another', () => {
    const first = times(50, { arrivals: 'poisson', seed: 3 });
    expect(times(50, { arrivals: 'poisson', seed: 3 })).toEqual(first);
    expect(times(50, { arrivals: 'poisson', seed: 4 })).not.toEqual(first);
  });

  it('add up over workers to arrivals of the summed rate', () => {
    const merged = [0, 1, 2]
      .flatMap((seed) => times(4_000, { arrivals: 'poisson', rateRps: 1_000, seed: 11 + seed }))
      .toSorted((a, b) => a - b)
      .slice(0, 10_000);
    const distance = ksDistance(gaps(merged), (us) => 1 - Math.exp((-us * 3_000) / 1e6));
    expect(distance).toBeLessThan(1.63 / Math.sqrt(merged.length));
  });
});
