import { describe, expect, it } from 'vitest';
import {
  baselineRunOf,
  objectionTo,
  refuseContradiction,
  refuseOtherWork,
} from '../../harness/commands/gate-baseline-rules.ts';
import { baselineOf, baselineRun } from '../support/baseline.ts';
import { judgedRecord } from '../support/gate.ts';

const record = judgedRecord();
const run = baselineRunOf(record);
const { targetId: _, ...kept } = run;
const own = (change: Partial<typeof kept> = {}, targetId = 'server'): ReturnType<typeof baselineOf> =>
  baselineOf([{ ...kept, ...change }], null, targetId);

describe('flags of a baseline that contradict each other', () => {
  it.each([
    ['--base with --baseline', { base: 'a', baseline: 'b' }, /judged against one of them/],
    ['--base with --append', { base: 'a', append: true as const }, /judged against one of them/],
    ['--base with --init-baseline', { base: 'a', initBaseline: true as const }, /judged against one of them/],
    ['--pin without --append', { pin: true as const }, /pins the run that is added/],
    [
      '--init-baseline with --append',
      { initBaseline: true as const, append: true as const },
      /cannot be there yet/,
    ],
    [
      '--init-baseline with --baseline',
      { initBaseline: true as const, baseline: 'b' },
      /cannot be there yet/,
    ],
  ])('%s: none of them is ignored in silence', (_title, flags, message) => {
    expect(() => refuseContradiction(flags)).toThrow(message);
  });

  it('are none where each has its meaning', () => {
    for (const flags of [
      {},
      { base: 'a' },
      { baseline: 'b', append: true as const, pin: true as const },
      { initBaseline: true as const },
    ])
      expect(() => refuseContradiction(flags)).not.toThrow();
  });
});

describe('a baseline that a run is held against', () => {
  it.each([
    ['target', own({}, 'other'), /x\.json: is of other, not of server/],
    ['work', own({ workloadHash: 'c'.repeat(64) }), /x\.json: was measured with other work/],
    [
      'reference server',
      own({ reference: { id: 'null-server', hash: null } }),
      /beside another reference server/,
    ],
  ])('B24 must be of the same %s', (_title, baseline, message) => {
    expect(() => refuseOtherWork(baseline, run, 'x.json')).toThrow(message);
  });

  it('may be of another machine: then it is advice', () => {
    expect(() => refuseOtherWork(own({ fingerprint: 'other' }), run, 'x.json')).not.toThrow();
  });
});

describe('a run that is to be kept', () => {
  it('holds the launches of the one target that it is of', () => {
    expect(run).toMatchObject({
      targetId: 'server',
      gateId: record.id,
      fingerprint: record.environment.fingerprint,
    });
    expect(run.cells.map(({ values }) => values.length)).toEqual([8, 8]);
    const twice = { ...record, pairs: [...record.pairs, ...record.pairs] };
    expect(() => baselineRunOf(twice)).toThrow(/a baseline is of one target/);
  });

  it('is of other work where anything that is asked, or the time that it takes, is other', () => {
    const hashOf = (change: Partial<typeof record>): string =>
      baselineRunOf({ ...record, ...change }).workloadHash;
    const [scenario] = record.scenarios;
    if (scenario === undefined) throw new Error('no scenario');
    const same = hashOf({ scenarios: [{ ...scenario, title: 'another title' }] });
    expect(same).toBe(run.workloadHash);
    const others = [
      hashOf({ scenarios: [{ ...scenario, connections: scenario.connections + 1 }] }),
      hashOf({ scenarios: [{ ...scenario, request: { ...scenario.request, path: '/other' } }] }),
      hashOf({ settings: { ...record.settings, sliceMs: 500 } }),
      hashOf({ settings: { ...record.settings, workers: 2 } }),
    ];
    expect(new Set([same, ...others]).size).toBe(5);
  });

  it('is accepted where nothing speaks against it', () => {
    expect(objectionTo(record, kept, null)).toBeNull();
    expect(objectionTo(record, kept, own())).toBeNull();
  });

  it('is not kept where nothing in it could be judged, or the machine was disturbed: 3', () => {
    expect(objectionTo(record, { ...kept, cells: [] }, null)).toMatchObject({ code: 3 });
    if (record.report === null) throw new Error('no report');
    const sentinel = [{ kind: 'contaminated' as const, why: '' }];
    const disturbed = { ...record, report: { ...record.report, sentinel } };
    expect(objectionTo(disturbed, kept, null)).toMatchObject({
      code: 3,
      why: expect.stringMatching(/sentinel/),
    });
  });

  it('is not mixed with runs of another machine', () => {
    expect(
      objectionTo(record, kept, baselineOf([baselineRun(1, {}, { fingerprint: 'e'.repeat(64) })])),
    ).toMatchObject({
      code: 0,
      why: 'the baseline is of another machine',
    });
  });
});
