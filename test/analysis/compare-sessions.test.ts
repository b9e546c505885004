import { describe, expect, it } from 'vitest';
import { compareSessions } from '../../harness/analysis/compare-sessions.ts';
import type { ComparisonReport } from '../../harness/model/comparison.ts';
import type { Session } from '../../harness/model/session.ts';
import { renderComparison } from '../../harness/reporters/gate/comparison-text.ts';
import { loadResult, plannedTrial, scenario, session, validTrial } from '../support/factories.ts';

/** A session of eight rounds: a machine that drifts by half, and targets whose rates are fixed multiples of its pace. */
function driftingSession(id: string, rates: Record<string, number>, rounds = 8): Session {
  const planned = Array.from({ length: rounds }, (_, round) => round).flatMap((round) =>
    Object.keys(rates).map((targetId, i) =>
      plannedTrial({ index: round * Object.keys(rates).length + i, round, targetId }),
    ),
  );
  const base = session(planned, { id, status: 'complete' });
  const wobble = [0, 0.004, -0.003, 0.002, -0.004, 0.003, -0.001, 0.001];
  return {
    ...base,
    trials: planned.map((plan) => {
      const pace =
        1 + (0.5 * plan.round) / rounds + (wobble[(plan.round + plan.targetId.charCodeAt(0)) % 8] ?? 0);
      return validTrial({
        ...plan,
        load: loadResult({ rps: Math.round((rates[plan.targetId] ?? 0) * pace) }),
      });
    }),
  };
}

const side = (of: Session, ...targets: string[]): { session: Session; targets: string[] } => ({
  session: of,
  targets,
});
const throughput = (report: ComparisonReport) => report.cells[0]?.metrics[0]?.comparison;

describe('comparing stored sessions', () => {
  const together = driftingSession('together', { alpha: 1_000, beta: 1_050, gamma: 1_001 });

  it('pairs targets of one session by round, so that a drifting machine hides nothing', () => {
    const report = compareSessions(side(together, 'alpha'), side(together, 'beta'), ['throughputRps']);
    expect(report.cells[0]).toMatchObject({ pairing: 'paired', baseline: { targetId: 'alpha' } });
    expect(throughput(report)).toMatchObject({ kind: 'different', direction: 'better' });
  });

  it('does not pair sessions that ran apart: the same drift then hides the same difference', () => {
    const apart = driftingSession('apart', { beta: 1_050 });
    const report = compareSessions(side(together, 'alpha'), side(apart, 'beta'), ['throughputRps']);
    expect(report.cells[0]?.pairing).toBe('separate');
    expect(throughput(report)).toMatchObject({ kind: 'not-told-apart' });
  });

  it('lets targets that cannot be told apart share a rank', () => {
    const all = ['alpha', 'gamma', 'beta'];
    const { rankings } = compareSessions(side(together, ...all), side(together, ...all), ['throughputRps']);
    expect(rankings).toHaveLength(1);
    const [best, ...others] = rankings[0]?.places ?? [];
    expect(best).toMatchObject({ targetId: 'beta', from: 1, to: 1 });
    expect(others.map(({ from, to }) => [from, to])).toEqual([
      [2, 3],
      [2, 3],
    ]);
  });

  it('shows why there is no comparison where a side has no valid figure', () => {
    const broken: Session = {
      ...together,
      trials: together.trials.filter(({ targetId }) => targetId !== 'beta'),
    };
    const report = compareSessions(side(broken, 'alpha'), side(broken, 'beta'), ['throughputRps']);
    expect(throughput(report)).toMatchObject({
      kind: 'too-few',
      change: null,
      why: expect.stringContaining('beta'),
    });
  });

  it('warns where the work was not the same', () => {
    const other = {
      ...driftingSession('other', { alpha: 1_000 }),
      scenarios: [scenario({ connections: 9 })],
    };
    const report = compareSessions(side(together, 'alpha'), side(other, 'alpha'), ['throughputRps']);
    expect(report.warnings).toEqual(['the scenario small is not the same in both sessions']);
  });

  it('reads as a table with intervals, ranks and warnings', () => {
    const report = compareSessions(side(together, 'alpha'), side(together, 'beta'), ['throughputRps']);
    const text = renderComparison({ ...report, warnings: ['MACHINES DIFFER'] });
    expect(text).toMatch(
      /alpha +.* beta .*Throughput.*\+\d\.\d % \(\+\d\.\d % to \+\d\.\d %\).*better, paired/,
    );
    expect(text).toContain('places small, Throughput (together): beta 1, alpha 2–3');
    expect(text).toContain('! MACHINES DIFFER');
  });
});
