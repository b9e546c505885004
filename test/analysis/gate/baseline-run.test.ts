import { describe, expect, it } from 'vitest';
import {
  anchoredLaunches,
  baselineCells,
  judgeAnchored,
} from '../../../harness/analysis/gate/baseline-run.ts';
import { seededRandom } from '../../../harness/base/random.ts';
import type { Baseline, BaselineCell, BaselineRun } from '../../../harness/model/baseline.ts';
import type { GateReport } from '../../../harness/model/gate-report.ts';
import { judgedRecord } from '../../support/gate.ts';

const cell = (change: Partial<BaselineCell> = {}): BaselineCell => ({
  scenarioId: 'small',
  metric: 'cpuUsPerRequest',
  values: [50, 60],
  reference: [5, 6],
  ...change,
});

/** A run whose machine was `pace` times slower for everything, and whose server was `slowdown` worse. */
function run(number: number, slowdown = 0): BaselineRun {
  const random = seededRandom(number);
  const pace = 1 + 0.4 * random.next();
  const values = Array.from(
    { length: 8 },
    () => 50 * pace * (1 + slowdown) * (1 + 0.01 * (random.next() - 0.5)),
  );
  return {
    gateId: `gate-${number}`,
    at: '2026-01-01T00:00:00.000Z',
    harnessVersion: '0.1.0',
    fingerprint: 'f',
    workloadHash: 'a'.repeat(64),
    targetVersion: null,
    artifactHash: null,
    gitCommit: null,
    reference: { id: 'null-server', hash: null },
    cells: [cell({ values, reference: values.map(() => 5 * pace) })],
  };
}

const record = judgedRecord({}, { settings: { ...judgedRecord().settings, metrics: ['cpuUsPerRequest'] } });
const judge = (runs: number, slowdown: number): GateReport => {
  const baseline: Baseline = {
    schemaVersion: 1,
    targetId: 'server',
    runs: Array.from({ length: runs }, (_, i) => run(i + 1)),
    pinned: null,
  };
  return judgeAnchored(baseline, run(100, slowdown), record);
};

describe('a run held against its baseline', () => {
  it('passes when the machine is slower and the server is not', () => {
    expect(judge(10, 0)).toMatchObject({ verdict: 'pass', cells: [{ outcome: { kind: 'pass' } }] });
  });

  it('is suspected when the server is slower, and condemned by nothing but a paired gate', () => {
    const report = judge(10, 0.2);
    expect(report.verdict).toBe('inconclusive');
    expect(report.cells[0]?.outcome).toMatchObject({
      kind: 'suspected',
      why: expect.stringMatching(/confirm it with a paired gate$/),
    });
  });

  it('says nothing while the baseline is too young', () => {
    expect(judge(5, 0.2).cells[0]?.outcome).toMatchObject({
      kind: 'inconclusive',
      why: expect.stringMatching(/^baseline too young: 5/),
    });
  });

  it('is believed no more than side by side where the sentinel found the machine disturbed', () => {
    const uneven = judgedRecord({}, { settings: record.settings });
    const sentinel = [{ kind: 'contaminated' as const, why: 'differs from itself' }];
    const outcome = { kind: 'inconclusive' as const, why: 'contaminated: differs from itself' };
    const cells = (uneven.report?.cells ?? []).map((each) => ({
      ...each,
      outcome: {
        ...outcome,
        evidence: { launches: 8, estimate: 0, lower: null, upper: null, detectable: null },
      },
    }));
    const disturbed = { ...uneven, report: { verdict: 'inconclusive' as const, why: '', cells, sentinel } };
    const runs = Array.from({ length: 10 }, (_, i) => run(i + 1));
    const report = judgeAnchored(
      { schemaVersion: 1, targetId: 'server', runs, pinned: null },
      run(100),
      disturbed,
    );
    expect(report.verdict).toBe('inconclusive');
    expect(report.cells[0]?.outcome).toMatchObject(outcome);
  });

  it('cannot be judged where the reference server was not measured', () => {
    const without = { ...run(100), cells: [cell({ reference: [null, null] })] };
    const baseline: Baseline = { schemaVersion: 1, targetId: 'server', runs: [run(1)], pinned: null };
    expect(judgeAnchored(baseline, without, record).verdict).toBe('invalid');
  });
});

describe('what a run adds to its baseline', () => {
  it('is the value of every launch, and of the reference server in the same launch', () => {
    const [cpu] = baselineCells(record);
    expect(cpu?.values).toHaveLength(8);
    expect(cpu?.reference).toHaveLength(8);
    expect(cpu?.values[0]).toBeCloseTo(50, 0);
    expect(cpu?.reference[0]).toBeCloseTo(50, 0);
  });

  it('cancels the pace of the machine, turns throughput round, and leaves memory as it is', () => {
    expect(anchoredLaunches(cell())[0]).toBeCloseTo(Math.log(10), 12);
    expect(anchoredLaunches(cell())[1]).toBeCloseTo(Math.log(10), 12);
    expect(anchoredLaunches(cell({ metric: 'throughputRps', values: [100, 200] }))[0]).toBeCloseTo(
      -Math.log(500),
      12,
    );
    expect(anchoredLaunches(cell({ metric: 'memoryRssMeanBytes', reference: [null, null] }))).toEqual(
      [50, 60].map(Math.log),
    );
    expect(anchoredLaunches(cell({ reference: [5, null] }))).toHaveLength(1);
  });
});
