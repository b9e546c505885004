import { describe, expect, it } from 'vitest';
import type { GatedMetric } from '../../../harness/analysis/gate/profile.ts';
import { type GateCell, type GateRun, judgeGate } from '../../../harness/analysis/gate/verdict.ts';
import type { CellId, Waiver } from '../../../harness/analysis/gate/waiver.ts';
import { simulateLaunches } from '../support/gate-simulation.ts';

const id = (scenarioId = '1kb', metric: GatedMetric = 'cpuUsPerRequest'): CellId => ({
  targetId: 'gin',
  scenarioId,
  metric,
});
const cell = (change: Partial<GateCell> & { slowdown: number; freshSlowdown?: number }): GateCell => {
  const { slowdown, freshSlowdown, ...rest } = change;
  const metric = rest.metric ?? 'cpuUsPerRequest';
  return {
    ...id(),
    launches: simulateLaunches(1, 24, metric, slowdown),
    fresh: freshSlowdown === undefined ? [] : simulateLaunches(2, 12, metric, freshSlowdown),
    problems: [],
    ...rest,
  };
};
const run = (cells: readonly GateCell[], change: Partial<GateRun> = {}): GateRun => ({
  declared: cells.map(({ targetId, scenarioId, metric }) => ({ targetId, scenarioId, metric })),
  cells,
  sentinel: [],
  profile: 'default',
  logicalCpus: 2,
  waivers: [],
  today: '2026-06-01',
  ...change,
});

describe('the verdict of a gate run', () => {
  it('passes where every cell does', () => {
    expect(judgeGate(run([cell({ slowdown: 0 })]))).toMatchObject({
      verdict: 'pass',
      why: 'the one gated cell passes',
    });
  });

  it('counts a red only when fresh launches repeat it', () => {
    const suspected = judgeGate(run([cell({ slowdown: 0.15 })]));
    expect(suspected.verdict).toBe('inconclusive');
    expect(suspected.cells[0]?.outcome.kind).toBe('suspected');
    const refuted = judgeGate(run([cell({ slowdown: 0.15, freshSlowdown: 0 })]));
    expect(refuted.cells[0]?.outcome).toMatchObject({
      kind: 'not-confirmed',
      why: expect.stringMatching(/12 fresh launches did not repeat it$/),
    });
    const confirmed = judgeGate(run([cell({ slowdown: 0.15, freshSlowdown: 0.15 })]));
    expect(confirmed).toMatchObject({ verdict: 'regression', why: '1 of 1 gated cell confirmed worse' });
  });

  it('fails closed for a declared cell that is missing, and for one with problems', () => {
    const lost = judgeGate(run([cell({ slowdown: 0 })], { declared: [id(), id('1mb')] }));
    expect(lost).toMatchObject({ verdict: 'invalid', why: '1 of 2 gated cells cannot be judged' });
    const broken = judgeGate(run([cell({ slowdown: 0, problems: ['driver-bound', '3 resets'] })]));
    expect(broken.cells[0]?.outcome).toEqual({ kind: 'invalid', why: 'driver-bound; 3 resets' });
    expect(judgeGate(run([])).verdict).toBe('invalid');
  });

  it('lets a sentinel that differs from itself take every verdict away', () => {
    const differences = simulateLaunches(3, 12, 'cpuUsPerRequest', 0.1).map(({ d }) => d ?? 0);
    const red = [cell({ slowdown: 0.15, freshSlowdown: 0.15 }), cell({ ...id('1mb'), slowdown: 0 })];
    const report = judgeGate(run(red, { sentinel: [{ metric: 'cpuUsPerRequest', differences }] }));
    expect(report.verdict).toBe('inconclusive');
    for (const { outcome } of report.cells) {
      expect(outcome).toMatchObject({
        kind: 'inconclusive',
        why: expect.stringMatching(/^contaminated: the reference/),
      });
    }
    const clean = simulateLaunches(3, 12, 'cpuUsPerRequest', 0).map(({ d }) => d ?? 0);
    expect(
      judgeGate(run(red, { sentinel: [{ metric: 'cpuUsPerRequest', differences: clean }] })).verdict,
    ).toBe('regression');
  });

  it('labels a lone red whose other scenarios pass', () => {
    const red = cell({ slowdown: 0.15, freshSlowdown: 0.15 });
    const isolated = (...others: GateCell[]): boolean | undefined =>
      judgeGate(run([red, ...others])).cells[0]?.isolated;
    expect(isolated(cell({ ...id('1mb'), slowdown: 0 }))).toBe(true);
    expect(isolated(cell({ ...id('1mb'), slowdown: 0.15, freshSlowdown: 0.15 }))).toBe(false);
    expect(isolated()).toBe(false);
  });

  it('shows an advisory red and fails nothing by it', () => {
    const p99 = cell({ ...id('1kb', 'latencyP99Us'), slowdown: 1, freshSlowdown: 1 });
    const advisory = judgeGate(run([cell({ slowdown: 0 }), p99]));
    expect(advisory.cells[1]).toMatchObject({ advisory: true, outcome: { kind: 'regression' } });
    expect(advisory.verdict).toBe('pass');
    expect(judgeGate(run([cell({ slowdown: 0 }), p99], { logicalCpus: 8 })).verdict).toBe('regression');
  });

  it('gives the same verdict for the same launches', () => {
    const stored = run([cell({ slowdown: 0.06 })]);
    expect(judgeGate(stored)).toEqual(judgeGate(structuredClone(stored)));
  });
});

describe('waivers', () => {
  const red = cell({ slowdown: 0.15, freshSlowdown: 0.15 });
  const waiver: Waiver = { ...id(), maxSlowdown: 0.2, expires: '2026-06-01', reason: 'new parser' };
  const verdict = (change: Partial<Waiver>): string =>
    judgeGate(run([red], { waivers: [{ ...waiver, ...change }] })).verdict;

  it('accept a slowdown up to their limit, until their last day, and say so', () => {
    const report = judgeGate(run([red], { waivers: [waiver] }));
    expect(report).toMatchObject({ verdict: 'pass', why: 'the one gated cell passes, by a waiver' });
    expect(report.cells[0]?.outcome.why).toMatch(/waived until 2026-06-01: new parser$/);
  });

  it('do not cover another cell, a later day, or a larger slowdown', () => {
    expect(verdict({ scenarioId: '1mb' })).toBe('regression');
    expect(verdict({ expires: '2026-05-31' })).toBe('regression');
    expect(verdict({ maxSlowdown: 0.05 })).toBe('regression');
  });
});
