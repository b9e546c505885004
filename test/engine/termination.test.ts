import { describe, expect, it } from 'vitest';
import { OVER, SAMPLE, Termination, WARMUP } from '../../harness/engine/termination.ts';

const S = 1_000_000;

describe('a load that lasts for a time', () => {
  const make = (): Termination =>
    new Termination({ termination: { kind: 'duration', ms: 2_000 }, drainMs: 500 });

  it('is all warm-up until the window is announced', () => {
    const termination = make();
    expect(termination.admit(99 * S)).toBe(WARMUP);
    expect(termination.isOver(99 * S)).toBe(false);
  });

  it('has as its sample what starts from the beginning of the window to just before its end', () => {
    const termination = make();
    termination.announce({ startUs: 10 * S, endUs: 12 * S });
    expect(termination.admit(10 * S - 1)).toBe(WARMUP);
    expect(termination.admit(10 * S)).toBe(SAMPLE);
    expect(termination.admit(12 * S - 1)).toBe(SAMPLE);
    expect(termination.admit(12 * S)).toBe(OVER);
    expect([termination.isOver(12 * S - 1), termination.isOver(12 * S)]).toEqual([false, true]);
  });

  it('drains from the end of the window', () => {
    const termination = make();
    termination.announce({ startUs: 10 * S, endUs: 12 * S });
    expect(termination.drainDeadlineUs).toBe(12.5 * S);
  });
});

describe('a load of an amount', () => {
  const make = (requests: number): Termination => {
    const termination = new Termination({ termination: { kind: 'amount', requests }, drainMs: 500 });
    termination.announce({ startUs: 10 * S, endUs: Number.POSITIVE_INFINITY });
    return termination;
  };

  it('admits exactly as many requests, not counting the warm-up', () => {
    const termination = make(3);
    const starts = [9, 9.5, 10, 11, 12, 13, 14].map((s) => termination.admit(s * S));
    expect(starts).toEqual([WARMUP, WARMUP, SAMPLE, SAMPLE, SAMPLE, OVER, OVER]);
    expect(termination.isOver(12 * S)).toBe(true);
  });

  it('is not over before', () => {
    const termination = make(3);
    termination.admit(10 * S);
    expect(termination.isOver(1_000 * S)).toBe(false);
  });

  it('drains from its last request', () => {
    const termination = make(2);
    termination.admit(10 * S);
    termination.admit(20 * S);
    termination.admit(30 * S);
    expect(termination.drainDeadlineUs).toBe(20.5 * S);
  });
});
