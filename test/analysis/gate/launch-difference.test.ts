import { describe, expect, it } from 'vitest';
import {
  type Block,
  dropProblem,
  type LaunchDifference,
  launchDifference,
  type Slice,
} from '../../../harness/analysis/gate/launch-difference.ts';

const slice = (arm: Slice['arm'], value: number | null, disturbed: string | null = null): Slice => ({
  arm,
  value,
  disturbed,
});
const abba = (a1: number, b1: number, b2: number, a2: number): Block => [
  slice('base', a1),
  slice('head', b1),
  slice('head', b2),
  slice('base', a2),
];
const baab = (b1: number, a1: number, a2: number, b2: number): Block => [
  slice('head', b1),
  slice('base', a1),
  slice('base', a2),
  slice('head', b2),
];

describe('the difference of a launch', () => {
  it('is the median over adjacent pairs of ln(head / base)', () => {
    const { d, base, head, pairs } = launchDifference(
      [abba(100, 110, 121, 110), baab(130, 100, 100, 500)],
      'cpuUsPerRequest',
    );
    expect(d).toBeCloseTo((Math.log(1.1) + Math.log(1.3)) / 2, 12);
    expect({ base, head, pairs }).toEqual({ base: 100, head: 125.5, pairs: 4 });
  });

  it('is signed so that + is worse, also where higher is better', () => {
    expect(launchDifference([abba(100, 80, 80, 100)], 'throughputRps').d).toBeCloseTo(Math.log(1.25), 12);
    expect(launchDifference([abba(100, 80, 80, 100)], 'latencyP50Us').d).toBeCloseTo(Math.log(0.8), 12);
  });

  it('drops a pair for a disturbed or unread slice, counted for its arm, never for its value', () => {
    const block = [
      slice('base', 100),
      slice('head', 110, 'PSI 60 %'),
      slice('head', null),
      slice('base', 100),
    ];
    expect(launchDifference([block, abba(100, 900, 900, 100)], 'cpuUsPerRequest')).toMatchObject({
      d: Math.log(9),
      pairs: 4,
      dropped: { pairs: 2, base: 0, head: 2 },
    });
    expect(launchDifference([block], 'cpuUsPerRequest').d).toBeNull();
  });
});

describe('too many dropped pairs', () => {
  const launch = (base: number, head: number, pairs = 4): LaunchDifference => ({
    d: 0,
    base: 1,
    head: 1,
    pairs,
    dropped: { pairs: base + head, base, head },
  });
  const many = (count: number, base: number, head: number): LaunchDifference[] =>
    Array.from({ length: count }, () => launch(base, head));

  it('invalidate beyond 20 %', () => {
    expect(dropProblem([...many(4, 1, 0), ...many(4, 0, 0)])).toBeNull();
    expect(dropProblem([...many(4, 1, 0), ...many(3, 0, 1), ...many(1, 0, 0)])).toMatch(/^7 of 32 pairs/);
    expect(dropProblem([])).toMatch(/no pair/);
  });

  it('invalidate when they fall on one arm more than chance allows', () => {
    expect(dropProblem([...many(8, 0, 1), ...many(12, 0, 0)])).toBe(
      'disturbed slices are lopsided: 0 of base, 8 of head',
    );
    expect(dropProblem([...many(4, 0, 1), ...many(4, 1, 0), ...many(12, 0, 0)])).toBeNull();
  });
});
