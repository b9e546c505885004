import { describe, expect, it } from 'vitest';
import { type CellOutcome, isUndecided, judgeCell } from '../../../harness/analysis/gate/cell.ts';
import type { LaunchDifference } from '../../../harness/analysis/gate/launch-difference.ts';
import { LOOKS, RED_ALPHA, zoneOf } from '../../../harness/analysis/gate/profile.ts';

const zone = zoneOf('cpuUsPerRequest', 'default', 2);
const rules = { zone, looks: LOOKS, redAlpha: RED_ALPHA };

/** Launches that lie on both sides of a slowdown in turn, from ± `spread` inwards: any first 2k of them are symmetric. */
const launches = (count: number, slowdown: number, spread = 0.005, base = 100): LaunchDifference[] =>
  Array.from({ length: count }, (_, i) => {
    const side = (i % 2 === 0 ? 1 : -1) * spread * (1 - Math.floor(i / 2) / count);
    const d = Math.log1p(slowdown) + side;
    return { d, base, head: base * Math.exp(d), pairs: 4, dropped: { pairs: 0, base: 0, head: 0 } };
  });

const kindAt = (slowdown: number, spread?: number, count = 24): CellOutcome['kind'] =>
  judgeCell(launches(count, slowdown, spread), rules).kind;

describe('the decision on a cell', () => {
  it.each([
    ['a slowdown beyond the no-change zone', 0.1, 0.005, 'regression'],
    ['no change', 0, 0.005, 'pass'],
    ['a slowdown within the zone', 0.015, 0.004, 'pass'],
    ['a gain', -0.1, 0.005, 'improvement'],
    ['noise far wider than both zones', 0.04, 0.4, 'inconclusive'],
    ['a gain of more than half', -0.6, 0.005, 'invalid'],
  ] as const)('calls %s by its name', (_, slowdown, spread, kind) => {
    expect(kindAt(slowdown, spread)).toBe(kind);
  });

  it('decides at the first look that can, from the launches up to it alone', () => {
    const clear = judgeCell([...launches(12, 0.1), ...launches(12, -0.1)], rules);
    expect(clear).toMatchObject({ kind: 'regression', evidence: { launches: 12 } });
  });

  it('is invalid before the first look', () => {
    expect(judgeCell(launches(7, 0.1), rules)).toEqual({
      kind: 'invalid',
      why: '7 launches could be used, the first look needs 8: more --budget-minutes, or fewer scenarios',
    });
  });

  it('does not call a change a regression that the instruments cannot resolve', () => {
    const tiny = judgeCell(launches(24, 0.1, 0.005, 1), rules);
    expect(tiny).toMatchObject({
      kind: 'pass',
      why: expect.stringContaining('below what the instruments resolve'),
    });
  });

  it('says in one sentence why, with bounds and the smallest slowdown that it would have failed', () => {
    const outcome = judgeCell(launches(24, 0.1), rules);
    expect(outcome.why).toMatch(/^worse by (9\.\d|10\.\d) % \(at least 9\.\d %\), beyond 2\.0 %$/);
    if (outcome.kind === 'invalid') throw new Error(outcome.why);
    const { lower, estimate, upper, detectable } = outcome.evidence;
    expect(lower).toBeLessThan(estimate);
    expect(upper).toBeGreaterThan(estimate);
    expect(detectable).toBeGreaterThan(zone.d0);
    expect(detectable).toBeLessThan(0.03);
  });

  it('asks for more launches only where they can still change something', () => {
    const inconclusive = judgeCell(launches(24, 0.04, 0.4), rules);
    expect(isUndecided(inconclusive, 16, LOOKS)).toBe(true);
    expect(isUndecided(inconclusive, 24, LOOKS)).toBe(false);
    expect(isUndecided(judgeCell(launches(24, 0), rules), 8, LOOKS)).toBe(false);
    expect(isUndecided(judgeCell(launches(4, 0), rules), 4, LOOKS)).toBe(true);
  });
});
