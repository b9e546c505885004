import { describe, expect, it } from 'vitest';
import { disturbances } from '../../../harness/analysis/gate/disturbance.ts';
import { gateRunOf } from '../../../harness/analysis/gate/from-record.ts';
import { judgeGate } from '../../../harness/analysis/gate/verdict.ts';
import { gateRecord, judgedRecord, slice } from '../../support/gate.ts';

const outcomeOf = (...args: Parameters<typeof judgedRecord>): string | undefined =>
  judgedRecord(...args).report?.cells[0]?.outcome.kind;

describe('a stored gate run', () => {
  it('gives the same verdict as often as it is read', () => {
    const record = gateRecord({ slowdown: 0.15, launches: 12, confirmations: 8 });
    expect(judgeGate(gateRunOf(record))).toEqual(judgeGate(gateRunOf(structuredClone(record))));
    expect(judgeGate(gateRunOf(record)).verdict).toBe('regression');
  });

  it('passes the same server twice, and suspects a slower one until it is confirmed', () => {
    expect(outcomeOf()).toBe('pass');
    expect(outcomeOf({ slowdown: 0.15, launches: 12 })).toBe('suspected');
    expect(outcomeOf({ slowdown: 0.15, launches: 12, confirmations: 8 })).toBe('regression');
  });

  it('keeps the value of every launch beside the verdict', () => {
    const cell = judgedRecord({ slowdown: 0.1 }).report?.cells[0];
    expect(cell?.launches).toHaveLength(8);
    expect(cell?.launches[0]?.base).toBeCloseTo(50, 0);
    expect(cell?.launches[0]?.head).toBeCloseTo(55, 0);
  });

  it('does not gate the pace of a driver that was the limit, unless that was asked for', () => {
    const bound = { each: (one: ReturnType<typeof slice>) => ({ ...one, driverBound: true }) };
    const report = judgedRecord(bound).report;
    expect(report?.verdict).toBe('pass');
    expect(report?.cells.map(({ outcome }) => outcome.kind)).toEqual(['pass', 'not-gated']);
    const settings = { ...gateRecord().settings, limits: { throughputRps: 0.1 } };
    const demanded = judgedRecord(bound, { settings }).report;
    expect(demanded?.verdict).toBe('invalid');
    expect(demanded?.cells[1]?.outcome.why).toMatch(/load driver was the limit in 64 of 64 slices/);
  });

  it('fails closed when launches fail more often than by bad luck', () => {
    const record = gateRecord();
    const launches = record.launches.map((launch, i) =>
      i < 2 ? { ...launch, problem: 'head: TARGET_DIED', scenarios: [] } : launch,
    );
    expect(judgeGate(gateRunOf({ ...record, launches })).cells[0]?.outcome).toMatchObject({
      kind: 'invalid',
      why: '2 of 8 launches failed: head: TARGET_DIED',
    });
  });

  it('takes every verdict away where the reference server differs from itself', () => {
    const record = gateRecord();
    const launches = record.launches.map((launch) => ({
      ...launch,
      sentinel: gateRecord({ slowdown: 0.2, launches: 1 }).launches[0]?.scenarios[0] ?? null,
    }));
    const stripped = launches.map((launch) => ({ ...launch, sentinel: launch.sentinel }));
    const report = judgeGate(gateRunOf({ ...record, launches: stripped }));
    expect(report.sentinel[0]?.kind).toBe('contaminated');
    expect(report.verdict).toBe('inconclusive');
  });

  it('lets a limit of the user take the place of that of the profile', () => {
    const strictly = { ...gateRecord().settings, limits: { cpuUsPerRequest: 0.02 } };
    const cell = judgedRecord({ slowdown: 0.015, launches: 12, confirmations: 12 }, { settings: strictly })
      .report?.cells[0];
    expect(cell?.zone.d1).toBe(0.02);
    expect(cell?.outcome.kind).toBe('regression');
    expect(outcomeOf({ slowdown: 0.015 })).toBe('pass');
  });
});

describe('evidence against slices', () => {
  const foreign = (...cores: (number | null)[]): (string | null)[] =>
    disturbances(
      cores.map((foreignCpuCores) => slice({ foreignCpuCores })),
      2,
      'pace',
    );

  it('spares other work that is there all the time: it meets both arms alike', () => {
    expect(foreign(0.5, 0.55, 0.45, 0.5)).toEqual([null, null, null, null]);
  });

  it('names a burst above what the launch is used to', () => {
    expect(foreign(0.05, 0.05, 0.9, 0.05)[2]).toMatch(/other work took 0\.90 of 2 CPUs, 0\.05 in the launch/);
  });

  it('holds a burst against the pace of a server, and not against what it spends itself', () => {
    const slices = [0.05, 0.05, 0.9, 0.05].map((foreignCpuCores) => slice({ foreignCpuCores }));
    expect(disturbances(slices, 2, 'cost')).toEqual([null, null, null, null]);
    expect(disturbances([slice({ foreignCpuCores: 1.6 })], 2, 'cost')[0]).toMatch(/other work took 1\.60/);
  });

  it('gives up on a machine that belongs to others', () => {
    expect(foreign(1.5, 1.5, 1.5, 1.5).every((why) => why !== null)).toBe(true);
  });

  it('does not depend on what the slice measured', () => {
    const slices = [slice({ cpuUsPerRequest: 1 }), slice({ cpuUsPerRequest: 1_000 })];
    expect(disturbances(slices, 2, 'pace')).toEqual([null, null]);
  });

  it('tells faults and steal, and accepts a machine that does not say', () => {
    const found = disturbances(
      [slice({ fault: 'DRIVER_LAG: 3 ms' }), slice({ stealShare: 0.3 }), slice({ foreignCpuCores: null })],
      2,
      'cost',
    );
    expect(found).toEqual(['DRIVER_LAG: 3 ms', 'the hypervisor took 30 % of CPU time', null]);
  });
});
