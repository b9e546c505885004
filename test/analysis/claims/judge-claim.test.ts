import { describe, expect, it } from 'vitest';
import { judgeFactor, magnitudeOf, publishedInterval } from '../../../harness/analysis/claims/judge-claim.ts';
import type { Bound, MeasuredCell } from '../../../harness/analysis/claims/measured-cell.ts';
import { normal, sample } from '../support/random-variates.ts';

function figure(values: number[], bound: Bound = 'exact', firstRound = 0): MeasuredCell {
  const byRound = new Map(values.map((value, i) => [firstRound + i, value]));
  return { kind: 'figure', bound, estimate: values[0] ?? Number.NaN, byRound };
}

const twice = [200, 202, 198];
const once = [100, 100.5, 99.5];

describe('a claim that one figure is greater', () => {
  it('is reproduced where the interval of the factor lies above 1', () => {
    const { here, verdict } = judgeFactor(figure(twice), figure(once), 'throughputRps');
    expect(verdict).toEqual({ kind: 'reproduced' });
    expect(here?.estimate).toBeCloseTo(2, 2);
    expect(here?.low).toBeGreaterThan(1.9);
    expect(here?.high).toBeLessThan(2.1);
  });

  it('is contradicted where it lies below 1', () => {
    expect(judgeFactor(figure(once), figure(twice), 'throughputRps').verdict).toEqual({
      kind: 'contradicted',
    });
  });

  it('is undecided where it holds 1', () => {
    const { here, verdict } = judgeFactor(figure([100, 120, 90]), figure([101, 99, 100]), 'throughputRps');
    expect(verdict).toMatchObject({ kind: 'undecided', reason: 'interval-holds-1' });
    expect(here?.low).toBeLessThan(1);
    expect(here?.high).toBeGreaterThan(1);
  });

  it('is undecided where every round gives the same figure for both', () => {
    expect(judgeFactor(figure([1, 1, 1]), figure([1, 1, 1]), 'reliabilityShare').verdict).toMatchObject({
      reason: 'interval-holds-1',
    });
  });

  it('pairs rounds: what disturbs both in a round does not hide their difference', () => {
    const noise = [1, 3, 0.5];
    const [a, b] = [1.1, 1].map((factor) =>
      figure(noise.map((value, i) => value * factor * (1 + i / 1_000))),
    );
    expect(judgeFactor(a ?? figure([]), b ?? figure([]), 'throughputRps').verdict.kind).toBe('reproduced');
  });

  it.each([
    ['one round', figure([2]), figure([1]), 2],
    ['two rounds', figure([2, 2]), figure([1, 1]), 2],
  ])('is undecided after %s, though it has an estimate', (_, greater, lesser, estimate) => {
    const { here, verdict } = judgeFactor(greater, lesser, 'throughputRps');
    expect(verdict).toMatchObject({ kind: 'undecided', reason: 'too-few-rounds' });
    expect(here).toEqual({ estimate: expect.closeTo(estimate, 9), low: null, high: null });
  });

  it('has no factor where the two have no round in common', () => {
    const { here, verdict } = judgeFactor(figure(twice), figure(once, 'exact', 3), 'throughputRps');
    expect(here).toBeNull();
    expect(verdict).toMatchObject({ kind: 'undecided', reason: 'too-few-rounds' });
  });

  it('is undecided where one has no figure, and says which', () => {
    const none: MeasuredCell = { kind: 'none', why: 'gin was not part of the session' };
    for (const [greater, lesser] of [
      [none, figure(once)],
      [figure(once), none],
    ] as const) {
      expect(judgeFactor(greater, lesser, 'throughputRps')).toEqual({
        here: null,
        verdict: { kind: 'undecided', reason: 'not-measured', why: 'gin was not part of the session' },
      });
    }
  });
});

describe('a claim on figures that are bounds', () => {
  // Left and right figure; what the claim amounts to where the left is twice the right, and where it is half.
  it.each<[Bound, Bound, string, string]>([
    ['exact', 'exact', 'reproduced', 'contradicted'],
    ['at-least', 'exact', 'reproduced', 'undecided'],
    ['exact', 'at-least', 'undecided', 'contradicted'],
    ['at-most', 'exact', 'undecided', 'contradicted'],
    ['exact', 'at-most', 'reproduced', 'undecided'],
    ['at-least', 'at-most', 'reproduced', 'undecided'],
    ['at-least', 'at-least', 'undecided', 'undecided'],
    ['at-most', 'at-most', 'undecided', 'undecided'],
    ['unknown', 'exact', 'undecided', 'undecided'],
    ['exact', 'unknown', 'undecided', 'undecided'],
  ])('of %s over %s: %s where it is greater, %s where it is less', (left, right, above, below) => {
    const kindOf = (a: number[], b: number[]): string =>
      judgeFactor(figure(a, left), figure(b, right), 'throughputRps').verdict.kind;
    expect(kindOf(twice, once)).toBe(above);
    expect(kindOf(once, twice)).toBe(below);
  });

  it('has a factor that is open on the side that the driver held back', () => {
    const { here } = judgeFactor(figure(twice, 'at-least'), figure(once), 'throughputRps');
    expect(here).toMatchObject({ low: expect.any(Number), high: null });
  });

  it('names the bound as what keeps it open', () => {
    expect(judgeFactor(figure(once, 'at-least'), figure(twice), 'throughputRps').verdict).toMatchObject({
      reason: 'bound',
    });
  });
});

describe('a published factor', () => {
  const exactly = (value: number): { low: number; high: number } => ({ low: value, high: value });

  it.each([
    [1.5, { estimate: 1.4, low: 1.2, high: 1.6 }, 'agrees'],
    [1.7, { estimate: 1.4, low: 1.2, high: 1.6 }, 'differs'],
    [1.1, { estimate: 1.4, low: 1.2, high: 1.6 }, 'differs'],
    [1.1, { estimate: 1.4, low: 1.2, high: null }, 'differs'],
    [1.7, { estimate: 1.4, low: 1.2, high: null }, 'unknown'],
    [1.7, { estimate: 1.4, low: null, high: 1.6 }, 'differs'],
    [1.1, { estimate: 1.4, low: null, high: 1.6 }, 'unknown'],
    [1.1, { estimate: 1.4, low: null, high: null }, 'unknown'],
    [1.1, null, 'unknown'],
  ])('of %d beside %j %s', (published, here, magnitude) => {
    expect(magnitudeOf(exactly(published), here)).toBe(magnitude);
  });

  it('is as wide as its last digits leave it', () => {
    const published = publishedInterval(
      { value: 99.99, resolution: 0.005 },
      { value: 99.98, resolution: 0.005 },
    );
    expect(published.low).toBeCloseTo(1, 9);
    expect(published.high).toBeCloseTo(99.995 / 99.975, 9);
    expect(magnitudeOf({ ...published, low: 1 }, { estimate: 1, low: 1, high: 1 })).toBe('agrees');
  });

  it('has no end where rounding may hide that there is nothing', () => {
    expect(
      publishedInterval({ value: 5, resolution: 0.5 }, { value: 1, resolution: 1 }).high,
    ).toBeGreaterThan(1e300);
  });
});

describe('a claim about two targets that do not differ', () => {
  it.each([3, 5, 6, 10])('is decided by chance in one of twenty sessions of %d rounds', (rounds) => {
    const sessions = 2_000;
    // A round disturbs both alike, and each a little on its own.
    const draws = sample(sessions * rounds * 3, rounds, normal);
    const decided = Array.from({ length: sessions }, (_, session) => {
      const [a, b] = [0, 1].map((side) =>
        figure(
          Array.from({ length: rounds }, (__, round) => {
            const at = (session * rounds + round) * 3;
            return Math.exp((draws[at] ?? 0) + 0.1 * (draws[at + 1 + side] ?? 0));
          }),
        ),
      );
      return a === undefined || b === undefined ? '' : judgeFactor(a, b, 'throughputRps').verdict.kind;
    }).filter((kind) => kind !== 'undecided').length;
    expect(decided / sessions).toBeGreaterThan(0.02);
    expect(decided / sessions).toBeLessThan(0.065);
  });
});
