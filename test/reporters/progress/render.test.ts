import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../harness/model/ports.ts';
import { progressBlock, progressLine, sparkline } from '../../../harness/reporters/progress/render.ts';
import {
  advanceProgress,
  initialProgress,
  type ProgressState,
} from '../../../harness/reporters/progress/state.ts';
import { ended, load, RUN } from './events.ts';

const ESC = '\u001b';

function after(events: readonly RunEvent[]): ProgressState {
  return events.reduce((state, event) => advanceProgress(state, event, 0), initialProgress);
}

function lastLine(events: readonly RunEvent[]): string | null {
  const last = events.at(-1);
  return last === undefined ? null : progressLine(after(events), last);
}

const block = (events: readonly RunEvent[], width = 80, colour = false, nowMs = 0): string =>
  progressBlock(after(events), { width, colour, nowMs });

const failed = (index: number): RunEvent[] => [
  { kind: 'trial-started', index, targetId: `t${index}`, scenarioId: '1kb', round: 0 },
  ended(index, { verdict: 'failed', reasons: [{ code: 'TARGET_DIED', detail: '' }] }),
];

describe('a line an event', () => {
  it('announces the run, what is skipped, and notices', () => {
    expect(lastLine(RUN.slice(0, 1))).toBe('session-1: 4 trials, about 1m 00s');
    expect(lastLine([{ kind: 'skipped', targetId: 'rocket', why: 'needs cargo' }])).toBe(
      'rocket skipped: needs cargo',
    );
    expect(lastLine([{ kind: 'notice', text: 'swept one leftover' }])).toBe('swept one leftover');
  });

  it('tells how each trial ended and what is left', () => {
    expect(lastLine([...RUN, ended(0)])).toBe('[1/4] tokio x 1kb round 1: 147,000 req/s, valid, 45s left');
  });

  it('gives the reasons of a trial that is not valid, and no figure where there is none', () => {
    const reasons = [{ code: 'OOM_KILLED' as const, detail: 'limit 48 MiB' }];
    expect(lastLine([...RUN, ended(0, { verdict: 'failed', reasons, throughputRps: null, etaMs: 0 })])).toBe(
      '[1/4] tokio x 1kb round 1: failed: OOM_KILLED (limit 48 MiB)',
    );
  });

  it('is silent about phases and load, which come many times a second', () => {
    expect(lastLine([...RUN, load(0, 1, 1)])).toBeNull();
    expect(lastLine([...RUN, { kind: 'phase', index: 0, phase: 'warmup' }])).toBeNull();
    expect(lastLine(RUN)).toBeNull();
  });

  it('S8 is one line of plain text, whatever a target logged', () => {
    const hostile = `a${ESC}[2J\nb`;
    const reasons = [{ code: 'TARGET_DIED' as const, detail: hostile }];
    expect(lastLine([...RUN, ended(0, { verdict: 'failed', reasons })])).toContain('(a b)');
    expect(lastLine([{ kind: 'skipped', targetId: hostile, why: hostile }])).toBe('a b skipped: a b');
  });
});

describe('the block on a terminal', () => {
  const running = [...RUN, load(0, 146_000, 400), load(0, 147_000, 440)];

  it('shows target, phase, live rate, latency, progress and rest', () => {
    expect(block([...running, ended(0, { etaMs: 45_000 })]).split('\n')).toEqual([
      '█████░░░░░░░░░░░░░░░  1/4 trials  about 45s left',
      'tokio x 1kb  round 1  measuring  2s  147,000 req/s',
      'latency ▁█ 440 µs',
    ]);
  });

  it('says what goes on before and after the load, without a rate that is over', () => {
    const told = (phase: Extract<RunEvent, { kind: 'phase' }>['phase']): string | undefined =>
      block([...running, { kind: 'phase', index: 0, phase }]).split('\n')[1];
    expect(told('drain')).toBe('tokio x 1kb  round 1  last answers');
    expect(told('stop')).toBe('tokio x 1kb  round 1  stopping');
    const starting = block([...RUN, { kind: 'phase', index: 0, phase: 'ready' }]).split('\n')[1];
    expect(starting).toBe('tokio x 1kb  round 1  waiting until it is ready');
  });

  it('counts a phase in whole seconds, from the first on', () => {
    const early: RunEvent = {
      kind: 'load',
      index: 0,
      progress: { phase: 'warmup', elapsedMs: 300, throughputRps: 1_000, latencyMeanUs: 90 },
    };
    expect(block([...RUN, early])).toContain('round 1  warm-up  0s  1,000 req/s');
  });

  it('counts the rest down between estimates, never below zero', () => {
    expect(block(RUN, 80, false, 15_000)).toContain('about 45s left');
    expect(block(RUN, 80, false, 99_000)).toContain('any moment now');
  });

  it('says so at the end', () => {
    expect(block([...RUN, ended(0), ended(1), ended(2), ended(3)])).toContain('4/4 trials  done');
  });

  it('keeps the last trials that were not valid in sight', () => {
    const text = block([...RUN, ...[1, 2, 3, 4].flatMap(failed)]);
    expect(text).toContain('t4 x 1kb failed: TARGET_DIED');
    expect(text).not.toContain('t1 x 1kb');
  });

  it.each([80, 40, 20])('has no line longer than %i columns, so that redrawing works', (width) => {
    const wide = [...running, { kind: 'notice' as const, text: 'x'.repeat(300) }];
    for (const line of block(wide, width).split('\n'))
      expect(Array.from(line).length).toBeLessThanOrEqual(width);
  });

  it('colours only when told, and S8 passes no command of a target on', () => {
    const hostile = { kind: 'notice' as const, text: `x${ESC}[2Jy` };
    expect(block([...RUN, hostile])).not.toContain(ESC);
    expect(block([...RUN, hostile], 80, true)).toContain(`${ESC}[2mxy${ESC}[22m`);
  });

  it('shows nothing of latency before there is any', () => {
    expect(block([...RUN, load(0, 0, null)])).not.toContain('latency');
  });
});

describe('a sparkline', () => {
  it('spans from the smallest to the largest value and leaves gaps', () => {
    expect(sparkline([1, null, 8, 4])).toBe('▁ █▄');
    expect(sparkline([5, 5])).toBe('▁▁');
    expect(sparkline([])).toBe('');
  });
});
