import { describe, expect, it } from 'vitest';
import { driftOf, settledFrom, warmupState } from '../../harness/analysis/steady-state.ts';
import { exponential, seededRandom } from '../../harness/base/random.ts';
import { sample } from './support/random-variates.ts';

const RATE_RPS = 500;

/** Mean latency (ms) of each period of a load whose mean service time at second t is `levelMs(t)`; a quarter is random. */
function simulate(seed: number, seconds: number, periodS: number, levelMs: (t: number) => number): number[] {
  const requests = Math.round(RATE_RPS * periodS);
  return sample(Math.round(seconds / periodS), seed, (random, period) => {
    let sum = 0;
    for (let i = 0; i < requests; i++) {
      const level = levelMs((period + i / requests) * periodS);
      sum += level * 0.75 + exponential(random, level * 0.25);
    }
    return sum / requests;
  });
}

/** In how many of 20 simulated trials a drift is seen. */
function flagged(seconds: number, periodS: number, levelMs: (t: number) => number): number {
  return Array.from({ length: 20 }, (_, seed) =>
    driftOf(simulate(seed + 1, seconds, periodS, levelMs)),
  ).filter((drift) => drift !== null).length;
}

describe('G21 a series that never settles', () => {
  it.each([
    [7, 0.1],
    [10, 1],
    [20, 1],
  ])('sees a drift of 0.5 ms/s in %i s with periods of %f s at least 19 times in 20', (seconds, periodS) => {
    expect(flagged(seconds, periodS, (t) => 5 + 0.5 * t)).toBeGreaterThanOrEqual(19);
  });

  it.each([
    [7, 0.1, 1.5],
    [7, 0.1, 3],
    [20, 1, 4],
    [20, 1, 10],
    [60, 1, 7],
  ])('sees two levels in %i s (periods of %f s, a full swing every %f s)', (seconds, periodS, swingS) => {
    const twoLevel = (t: number): number => (t % swingS < swingS / 2 ? 3 : 5);
    expect(flagged(seconds, periodS, twoLevel)).toBeGreaterThanOrEqual(19);
  });

  it.each([
    [7, 0.1],
    [10, 1],
    [20, 1],
    [60, 1],
  ])('flags independent samples at most once in 20 (%i s, periods of %f s)', (seconds, periodS) => {
    expect(flagged(seconds, periodS, () => 5)).toBeLessThanOrEqual(1);
  });

  it('keeps its false alarms below 2 % even where the noise of a period is large and skewed', () => {
    const alarms = Array.from({ length: 500 }, (_, seed) =>
      driftOf(sample(20, seed + 1, (random) => 5 + exponential(random, 2))),
    ).filter((drift) => drift !== null);
    expect(alarms.length).toBeLessThanOrEqual(10);
  });

  it('says which way and how far it moved', () => {
    expect(driftOf(Array.from({ length: 20 }, (_, i) => 100 + i))).toBe('a rise of 17 % over the window');
    expect(driftOf(Array.from({ length: 20 }, (_, i) => 100 - i))).toBe('a fall of 21 % over the window');
    expect(driftOf(Array.from({ length: 20 }, (_, i) => (i % 4 === 0 ? 150 : 100)))).toBe(
      'two levels 50 % apart, the rarer one 25 % of the time',
    );
  });

  it('calls a significant but tiny trend steady, and decides nothing on fewer than eight values', () => {
    expect(driftOf(Array.from({ length: 50 }, (_, i) => 1_000 + i * 0.2))).toBeNull();
    expect(driftOf([1, 2, 3, 4, 5, 6, 7])).toBeNull();
  });
});

describe('G20 the end of a warm-up', () => {
  it('is found at 5 s ± 1 s for a target that is 20 ms slower for its first 5 s', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const series = simulate(seed, 20, 1, (t) => (t < 5 ? 22 : 2));
      expect(settledFrom(series), `seed ${seed}`).toBeGreaterThanOrEqual(4);
      expect(settledFrom(series), `seed ${seed}`).toBeLessThanOrEqual(6);
    }
  });

  it('is at the beginning where nothing changes', () => {
    for (let seed = 1; seed <= 20; seed++) expect(settledFrom(simulate(seed, 20, 1, () => 2))).toBe(0);
  });
});

describe('the online warm-up rule', () => {
  const stateOf = (means: readonly (number | null)[]): string =>
    warmupState(means.map((latencyMeanUs) => ({ latencyMeanUs })));

  it.each([
    { means: [], state: 'not-yet' },
    { means: [100], state: 'not-yet' },
    { means: [100, null], state: 'not-yet' },
    { means: [100, 90], state: 'not-yet' },
    { means: [100, 98], state: 'steady' },
    { means: [300, 200, 150, 120, 119], state: 'not-yet' },
    { means: [106, 104, 102, 100, 98], state: 'not-yet' },
    { means: [100.4, 100.3, 100.2, 100.1, 100], state: 'steady' },
    { means: [300, 100, 101, 99, 100, 101], state: 'steady' },
  ])('$means is $state', ({ means, state }) => {
    expect(stateOf(means)).toBe(state);
  });

  it('lets a just-in-time compiler finish: an exponential approach is steady once it has come within 3 %', () => {
    const random = seededRandom(3);
    const means: number[] = [];
    while (stateOf(means) === 'not-yet' && means.length < 30) {
      means.push(1_000 + 4_000 * Math.exp(-means.length / 1.5) + random.next() * 5);
    }
    expect(means.length).toBeGreaterThanOrEqual(7);
    expect(means.length).toBeLessThanOrEqual(14);
  });
});
