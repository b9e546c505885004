import { describe, expect, it } from 'vitest';
import type { GateRecord } from '../../../harness/model/gate-record.ts';
import type { Waiver } from '../../../harness/model/gate-report.ts';
import { renderGateText } from '../../../harness/reporters/gate/gate-text.ts';
import { renderGateMarkdown } from '../../../harness/reporters/gate/github.ts';
import { judgedRecord, type RecordSketch } from '../../support/gate.ts';

const plain = judgedRecord();
const shown = (sketch: RecordSketch, change: Partial<GateRecord> = {}): string =>
  renderGateText(judgedRecord(sketch, change));
const cpuOf = (text: string): string => /^ {2}server small CPU per request: (.*)$/m.exec(text)?.[1] ?? '';
const waiver = (change: Partial<Waiver> = {}): Pick<GateRecord, 'waivers'> => ({
  waivers: [
    {
      targetId: 'server',
      scenarioId: 'small',
      metric: 'cpuUsPerRequest',
      maxSlowdown: 0.2,
      expires: '2026-05-01',
      reason: 'new parser',
      ...change,
    },
  ],
});

describe('a gate run on a terminal', () => {
  it('says the verdict, why, how to repeat it, and what the machine did', () => {
    const text = shown({});
    expect(text).toMatch(/^PASS: all 2 gated cells pass\n/);
    expect(text).toContain("again: httpdyno gate --base 'node old.js' --head 'node new.js' --seed 7");
    expect(text).toMatch(/sentinel: clean, the reference server differs from itself by 0\.\d %/);
  });

  it('repeats no name that is taken, and no seed twice', () => {
    const argv = ['gate', '--base', 'a', '--head', 'b', '--id', 'mine', '--seed', '3'];
    expect(shown({}, { argv })).toContain('again: httpdyno gate --base a --head b --seed 7\n');
  });

  it('says in one sentence a cell why it decided as it did, and what it would have found', () => {
    const found = /a slowdown of \d+\.\d % would have failed with 90 % probability\.$/;
    const red = cpuOf(shown({ slowdown: 0.3, launches: 12, confirmations: 8 }));
    expect(red).toMatch(/^worse by 30\.\d % \(at least 29\.\d %\), beyond 2\.0 %; /);
    expect(red).toMatch(found);
    const undecided = cpuOf(shown({ launches: 24, noise: 0.8 }));
    expect(undecided).toMatch(
      /^after 24 launches neither a change beyond 2\.0 % nor its absence \(below 7\.0 %\) is shown; /,
    );
    expect(undecided).toMatch(found);
    expect(cpuOf(shown({}))).toMatch(
      /^at most \d\.\d % worse, below 7\.0 %; a slowdown would have been measured further/,
    );
    expect(cpuOf(shown({ slowdown: -0.2, launches: 12 }))).toMatch(/^better by at least 2\.0 %; /);
  });

  it('does not hide that a run was too short to fail anything', () => {
    const settings = (looks: number[]): Partial<GateRecord> => ({ settings: { ...plain.settings, looks } });
    expect(cpuOf(shown({ launches: 1 }, settings([1])))).toBe(
      'after 1 launch neither a change beyond 2.0 % nor its absence (below 7.0 %) is shown; 1 launch is too few to fail any slowdown, however large.',
    );
    expect(cpuOf(shown({ launches: 3 }, settings([3])))).toMatch(
      /3 launches are too few to fail any slowdown/,
    );
    expect(cpuOf(shown({ launches: 3 }))).toBe(
      '3 launches could be used, the first look needs 8: more --budget-minutes, or fewer scenarios.',
    );
  });

  it('says by what slices were disturbed', () => {
    const busy = cpuOf(shown({ each: (slice) => ({ ...slice, foreignCpuCores: 1.8 }) }));
    expect(busy).toMatch(
      /^32 of 32 pairs of slices were disturbed, more than 20 %, such as: other work took 1\.80 of 2 CPUs/,
    );
  });

  it('says that a waiver covers a cell, or why it does not', () => {
    const worse = { slowdown: 0.1, launches: 12, confirmations: 8 };
    const covered = shown(worse, waiver());
    expect(covered).toMatch(/^PASS: all 2 gated cells pass, 1 of them by a waiver/);
    expect(cpuOf(covered)).toContain('waived until 2026-05-01: new parser');
    const ended = shown(worse, waiver({ expires: '2025-05-01' }));
    expect(ended).toMatch(/^REGRESSION/);
    expect(cpuOf(ended)).toContain('its waiver ended on 2025-05-01');
    const exceeded = shown({ ...worse, slowdown: 0.3 }, waiver());
    expect(exceeded).toMatch(/^REGRESSION/);
    expect(cpuOf(exceeded)).toContain('its waiver allows no more than 20.0 %');
    expect(cpuOf(shown(worse, waiver({ scenarioId: 'other' })))).not.toContain('waiver');
  });

  it('says where an undecided run counts as failed', () => {
    const settings = { ...plain.settings, onInconclusive: 'fail' as const };
    const record = judgedRecord({ launches: 24, noise: 0.8 }, { settings });
    const text = 'undecided, which counts as failed (--on-inconclusive fail)';
    expect(renderGateText(record)).toContain(text);
    expect(renderGateMarkdown(record).replaceAll('\\', '')).toContain(text);
    expect(shown({}, { settings })).not.toContain('counts as failed');
  });

  it('says of one cell that it passes, not of all of them', () => {
    const bound = shown({ each: (slice) => ({ ...slice, driverBound: true }) });
    expect(bound).toMatch(/^PASS: the one gated cell passes\n/);
    expect(bound).toMatch(/Throughput: the load driver was the limit in 64 of 64 slices/);
  });

  it('says of a run that was interrupted how to go on with it', () => {
    const text = shown({ launches: 1 }, { status: 'interrupted' });
    expect(text).toMatch(/^INTERRUPTED, so far INVALID/);
    expect(text).toContain('interrupted: 1 whole launch is kept; go on with: httpdyno resume gate-fictional');
  });

  it('says so where nothing was concluded', () => {
    expect(renderGateText({ ...plain, report: null })).toBe('gate gate-fictional: nothing was concluded\n');
  });
});
