import { describe, expect, it } from 'vitest';
import { compareValues } from '../../harness/analysis/compare.ts';
import { normal, sample } from './support/random-variates.ts';

const baseline = [100, 104, 98, 101, 103, 99];

describe('a comparison of two sets of trials', () => {
  it('finds a steady ratio through noise that both share, and says which way is better', () => {
    const noise = sample(6, 1, (random) => Math.exp(0.3 * normal(random)));
    const paired = (ratio: number): Parameters<typeof compareValues>[0] => ({
      kind: 'paired',
      baseline: noise.map((each, i) => each * (baseline[i] ?? 0)),
      candidate: noise.map((each, i) => each * (baseline[i] ?? 0) * ratio * (1 + i / 1_000)),
    });
    expect(compareValues(paired(1.1), 'throughputRps')).toMatchObject({
      kind: 'different',
      direction: 'better',
    });
    expect(compareValues(paired(1.1), 'cpuUsPerRequest')).toMatchObject({
      kind: 'different',
      direction: 'worse',
    });
    expect(compareValues(paired(1.1), 'cpuPercent')).toMatchObject({ direction: 'neither' });
    const separate = { ...paired(1.1), kind: 'separate' as const };
    expect(compareValues(separate, 'throughputRps').kind).toBe('not-told-apart');
  });

  it('gives the change as a ratio with its interval', () => {
    const candidate = baseline.map((value) => value * 2);
    const comparison = compareValues({ kind: 'paired', baseline, candidate }, 'latencyP50Us');
    expect(comparison).toMatchObject({
      kind: 'different',
      why: '95 % interval +100.0 % to +100.0 % (paired, exact signed-rank)',
    });
    expect(comparison.change).toBeCloseTo(1, 12);
  });

  it("uses Student's interval for three to five pairs, and none for fewer", () => {
    const three = { kind: 'paired', baseline: baseline.slice(0, 3), candidate: [110, 115, 108] } as const;
    expect(compareValues(three, 'throughputRps')).toMatchObject({
      kind: 'different',
      why: expect.stringContaining('Student'),
    });
    const two = { kind: 'paired', baseline: [1, 2], candidate: [2, 4] } as const;
    expect(compareValues(two, 'throughputRps')).toMatchObject({
      kind: 'too-few',
      change: expect.closeTo(1, 9),
    });
  });

  it('needs positive values', () => {
    expect(compareValues({ kind: 'separate', baseline: [0, 1], candidate: [1, 2] }, 'throughputRps')).toEqual(
      {
        kind: 'too-few',
        change: null,
        why: 'a ratio needs positive values on both sides',
      },
    );
  });

  it('G22 A/A: calls equal sides different in at most 1 of 20 experiments', () => {
    for (const kind of ['paired', 'separate'] as const) {
      const different = Array.from({ length: 200 }, (_, seed) => {
        const values = sample(20, seed + 1, (random) => Math.exp(0.1 * normal(random)));
        return compareValues(
          { kind, baseline: values.slice(0, 10), candidate: values.slice(10) },
          'throughputRps',
        );
      }).filter((comparison) => comparison.kind === 'different');
      expect(different.length, kind).toBeLessThanOrEqual(13);
    }
  });
});
