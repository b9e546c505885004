import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../harness/model/ports.ts';
import {
  advanceProgress,
  initialProgress,
  type ProgressState,
} from '../../../harness/reporters/progress/state.ts';
import { ended, load, RUN } from './events.ts';

function after(events: readonly RunEvent[]): ProgressState {
  return events.reduce(
    (state, event, index) => advanceProgress(state, event, index * 1_000),
    initialProgress,
  );
}

describe('the state of a run', () => {
  it('follows the running trial through its phases', () => {
    const state = after([...RUN, { kind: 'phase', index: 0, phase: 'measure' }, load(0, 147_000, 430)]);
    expect(state.current).toMatchObject({ targetId: 'tokio', scenarioId: '1kb', phase: 'measure' });
    expect(state.current?.load?.throughputRps).toBe(147_000);
    expect(state.current?.latenciesUs).toEqual([430]);
  });

  it('keeps the latencies of the last periods only', () => {
    const many = Array.from({ length: 100 }, (_, index) => load(0, 1, index));
    expect(after([...RUN, ...many]).current?.latenciesUs).toEqual(
      Array.from({ length: 40 }, (_, index) => index + 60),
    );
  });

  it('starts each trial afresh', () => {
    const state = after([
      ...RUN,
      load(0, 1, 5),
      ended(0),
      { kind: 'trial-started', index: 1, targetId: 'gin', scenarioId: '1mb', round: 0 },
    ]);
    expect(state.current).toMatchObject({ targetId: 'gin', phase: 'start', load: null, latenciesUs: [] });
    expect(state.ended).toBe(1);
  });

  it('ignores what belongs to a trial that is not the running one', () => {
    const state = after(RUN);
    expect(advanceProgress(state, load(9, 1, 5), 0)).toBe(state);
  });

  it('remembers which trials were not valid, and why', () => {
    const failed = ended(0, { verdict: 'failed', reasons: [{ code: 'OOM_KILLED', detail: 'limit 48 MiB' }] });
    expect(after([...RUN, failed]).notValid).toEqual(['tokio x 1kb failed: OOM_KILLED']);
    expect(after([...RUN, ended(0)]).notValid).toEqual([]);
  });

  it('dates the estimate of the rest', () => {
    expect(after(RUN).rest).toEqual({ ms: 60_000, atMs: 0 });
    expect(after([...RUN, ended(0, { etaMs: 50_000 })]).rest).toEqual({ ms: 50_000, atMs: 2_000 });
  });

  it('collects skipped targets and notices', () => {
    const state = after([
      { kind: 'skipped', targetId: 'rocket', why: 'needs cargo' },
      { kind: 'notice', text: 'hello' },
    ]);
    expect(state.notices).toEqual(['rocket skipped: needs cargo', 'hello']);
  });
});
