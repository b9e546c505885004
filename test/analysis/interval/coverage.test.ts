import { describe, expect, it } from 'vitest';
import type { Interval } from '../../../harness/analysis/interval/interval.ts';
import { medianInterval } from '../../../harness/analysis/interval/median-interval.ts';
import { percentileInterval } from '../../../harness/analysis/interval/percentile-interval.ts';
import { shiftInterval } from '../../../harness/analysis/interval/rank-sum.ts';
import { signedRankInterval } from '../../../harness/analysis/interval/signed-rank.ts';
import { tInterval } from '../../../harness/analysis/interval/t-interval.ts';
import type { Random } from '../../../harness/base/random.ts';
import { LatencyHistogram } from '../../../harness/histogram/latency-histogram.ts';
import { normal, sample } from '../support/random-variates.ts';

const RUNS = 200;

function coverage(truth: number, runs: number, simulate: (seed: number) => Interval | null): number {
  const covered = Array.from({ length: runs }, (_, run) => simulate(run + 1)).filter(
    (interval) => interval !== null && interval.low <= truth && truth <= interval.high,
  );
  return covered.length / runs;
}

const lognormal = (random: Random): number => Math.exp(0.5 * normal(random));
/** Symmetric with heavy tails: Student's t with three degrees of freedom. */
const heavy = (random: Random): number =>
  normal(random) / Math.sqrt((normal(random) ** 2 + normal(random) ** 2 + normal(random) ** 2) / 3);

describe('G24 95 % intervals contain the truth in 90 to 98 % of 200 simulated runs', () => {
  it.each([
    ["Student's t, normal, 5 values", (seed: number) => tInterval(sample(5, seed, normal)).interval, 0],
    [
      'signed-rank, normal, 10 values',
      (seed: number) => signedRankInterval(sample(10, seed, normal)).interval,
      0,
    ],
    [
      'signed-rank, heavy tails, 16 values',
      (seed: number) => signedRankInterval(sample(16, seed, heavy)).interval,
      0,
    ],
    [
      'order statistics, lognormal, 12 values',
      (seed: number) => medianInterval(sample(12, seed, lognormal)),
      1,
    ],
    [
      'Mann-Whitney, lognormal shifted by 3, 8 and 10 values',
      (seed: number) =>
        shiftInterval(
          sample(8, seed, lognormal),
          sample(10, seed + 9_000, (random) => 3 + lognormal(random)),
        ).interval,
      3,
    ],
  ])('%s', (_, simulate, truth) => {
    const share = coverage(truth, RUNS, simulate);
    expect(share).toBeGreaterThanOrEqual(0.9);
    expect(share).toBeLessThanOrEqual(0.98);
  });
});

/** Launches of `size` lognormal latencies around 1 ms; each launch is slower or faster as a whole by `between`. */
function launches(seed: number, count: number, size: number, between: number): LatencyHistogram[] {
  return Array.from({ length: count }, (_, launch) => {
    const histogram = new LatencyHistogram();
    const values = sample(size + 1, seed * 1_000 + launch, normal);
    const level = 1_000 * Math.exp(between * (values[size] ?? 0));
    for (const z of values.slice(0, size)) histogram.record(level * Math.exp(0.3 * z));
    return histogram;
  });
}

function intervalOf(histograms: readonly LatencyHistogram[], percentile: number): Interval | null {
  const merged = new LatencyHistogram();
  for (const histogram of histograms) merged.add(histogram);
  const interval = percentileInterval(histograms, merged, percentile);
  for (const histogram of [...histograms, merged]) histogram.destroy();
  return interval;
}

describe('G24 the cluster-robust percentile interval', () => {
  // The population is a mixture over launches: lognormal with both variances added.
  const truth = (z: number, between: number): number => 1_000 * Math.exp(z * Math.hypot(0.3, between));

  it.each([
    [50, 0, 0.15],
    [90, 1.2815515655, 0.15],
    [50, 0, 0],
    [99, 2.326347874, 0],
  ])('covers p%i (launches differ by %f) in 90 to 98 % of runs', (percentile, z, between) => {
    const share = coverage(truth(z, between), RUNS, (seed) =>
      intervalOf(launches(seed, 8, 1_000, between), percentile),
    );
    expect(share).toBeGreaterThanOrEqual(0.9);
    // Where launches do not differ, the larger of two errors is taken: the interval then errs on the wide side.
    expect(share).toBeLessThanOrEqual(between > 0 ? 0.98 : 1);
  });

  it('is far wider than the order-statistic interval when launches differ, as it must be', () => {
    const alike = intervalOf(launches(1, 8, 1_000, 0), 50);
    const unlike = intervalOf(launches(1, 8, 1_000, 0.15), 50);
    const width = (interval: Interval | null): number => (interval?.high ?? 0) - (interval?.low ?? 0);
    expect(width(unlike)).toBeGreaterThan(3 * width(alike));
  });

  it('is absent for two launches, and where it would reach beyond the samples', () => {
    expect(intervalOf(launches(1, 2, 1_000, 0.1), 50)).toBeNull();
    expect(intervalOf(launches(1, 3, 100, 0.3), 99)).toBeNull();
  });
});
