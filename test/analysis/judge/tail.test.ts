import { describe, expect, it } from 'vitest';
import { judgeTrial } from '../../../harness/analysis/trial-reasons.ts';
import { CONTEXT, figures, type LoadSketch } from '../support/figures.ts';

const flagged = (sketch: LoadSketch): string | undefined =>
  judgeTrial(figures(sketch), CONTEXT).find(({ code }) => code === 'TAIL_NOT_REPRESENTATIVE')?.detail;

/** A closed loop of 64 connections over 20 s; the target answers in 3.2 ms, but stands still for 1 s once. */
const ordinary = Array.from({ length: 64 * 19 * 312 }, () => 3_200);
const stalled = Array.from({ length: 64 }, () => 1_003_000);
const STALL: LoadSketch = { latenciesUs: [...ordinary, ...stalled], connections: 64, windowMs: 20_000 };

describe('the tail of a closed loop', () => {
  it('G4: a stall that hit every connection once is too rare among the samples', () => {
    expect(flagged(STALL)).toBe('a stall of 1.00 s took 5.02 % of the window, but 0.02 % of the samples');
  });

  it('leaves an outlier of a few connections alone', () => {
    expect(flagged({ ...STALL, latenciesUs: [...ordinary, ...stalled.slice(0, 5)] })).toBeUndefined();
  });

  it('leaves a slow target alone whose slow answers are as many as they should be', () => {
    const latenciesUs = Array.from({ length: 4_000 }, (_, i) => (i % 10 === 0 ? 1_000_000 : 5_000));
    expect(flagged({ latenciesUs, connections: 64, windowMs: 20_000 })).toBeUndefined();
  });

  it('does not speak of an open loop, whose samples count from their intended start', () => {
    const loop = { kind: 'open', rateRps: 500, arrivals: 'constant' } as const;
    expect(flagged({ ...STALL, loop })).toBeUndefined();
  });
});
