import { describe, expect, it } from 'vitest';
import { judgeCell } from '../../../harness/analysis/gate/cell.ts';
import { LOOKS, PASS_ALPHA, RED_ALPHA, type Zone, zoneOf } from '../../../harness/analysis/gate/profile.ts';
import { proportionInterval } from '../../../harness/analysis/interval/proportion-interval.ts';
import { judgeSentinel } from '../../../harness/analysis/gate/sentinel.ts';
import { simulateLaunches } from '../support/gate-simulation.ts';

const metric = 'cpuUsPerRequest';
const ZONE = zoneOf(metric, 'default', 2);
const RUNS = 600;

/** In how many runs, over all their looks, a cell with this true slowdown ends in this way. */
function runsThatEnd(
  kind: 'regression' | 'pass' | 'improvement',
  slowdown: number,
  { zone = ZONE, redAlpha = RED_ALPHA }: { zone?: Zone; redAlpha?: number } = {},
): number {
  return Array.from({ length: RUNS }, (_, run) =>
    judgeCell(simulateLaunches(run * 31 + 5, 24, metric, slowdown), { zone, looks: LOOKS, redAlpha }),
  ).filter((outcome) => outcome.kind === kind).length;
}

/** True where a rate of errors is compatible with at most `alpha`: its exact lower bound does not exceed it. */
function isAtMost(errors: number, alpha: number): boolean {
  return proportionInterval(errors, RUNS).low <= alpha;
}

describe('the errors of a cell over all its looks together', () => {
  // No pass or improvement may end a run early, or it would hide a red that was to come.
  const onlyRed: Zone = { ...ZONE, d1: 1e-9, floor: 0 };

  it('a false red, where the truth lies on the edge of the zone, costs at most its alpha', () => {
    expect(isAtMost(runsThatEnd('regression', ZONE.d0, { zone: onlyRed }), RED_ALPHA)).toBe(true);
  });

  it.each([0.1, 0.3])('are as large as %f where that is what may be spent, and no larger', (redAlpha) => {
    const reds = runsThatEnd('regression', ZONE.d0, { zone: onlyRed, redAlpha });
    expect(isAtMost(reds, redAlpha)).toBe(true);
    // A test that rejects nothing would keep its alpha too: looks that overlap spend a good part of it.
    expect(proportionInterval(reds, RUNS).high).toBeGreaterThanOrEqual(redAlpha / 3);
  });

  it('a pass over a slowdown of d1 costs at most its alpha, and a good part of it is spent', () => {
    const passes = runsThatEnd('pass', ZONE.d1, { redAlpha: 0 });
    expect(isAtMost(passes, PASS_ALPHA)).toBe(true);
    expect(proportionInterval(passes, RUNS).high).toBeGreaterThanOrEqual(PASS_ALPHA / 3);
  });

  it('a false improvement, on the other edge of the zone, costs at most the alpha of a pass', () => {
    const better = 1 / (1 + ZONE.d0) - 1;
    const improvements = runsThatEnd('improvement', better, { zone: { ...ZONE, d1: 1e-9 } });
    expect(isAtMost(improvements, PASS_ALPHA)).toBe(true);
  });

  it('could be found out: one more per cent than the edge is more than alpha allows', () => {
    expect(isAtMost(runsThatEnd('regression', ZONE.d0 + 0.01, { zone: onlyRed }), RED_ALPHA)).toBe(false);
  });
});

describe('the errors of the sentinel', () => {
  it('on either edge of its zone are at most one run in twenty', () => {
    for (const bias of [0.02, 1 / 1.02 - 1]) {
      const contaminated = Array.from({ length: RUNS }, (_, run) =>
        judgeSentinel(
          simulateLaunches(run + 1, 16, metric, bias).map(({ d }) => d ?? 0),
          0.02,
        ),
      ).filter(({ kind }) => kind === 'contaminated').length;
      expect(isAtMost(contaminated, 0.05), `at ${bias}`).toBe(true);
      expect(contaminated).toBeGreaterThan(0);
    }
  });
});
