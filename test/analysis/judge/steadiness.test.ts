import { describe, expect, it } from 'vitest';
import { judgeTrial } from '../../../harness/analysis/trial-reasons.ts';
import type { LoadResult } from '../../../harness/model/load.ts';
import { CONTEXT, figures, HEALTHY } from '../support/figures.ts';

/** Periods of 100 ms from two seconds before the window of 10 s to its end; `tMs` is the end of each. */
const series = (meanUs: (tMs: number) => number | null): LoadResult['series'] =>
  Array.from({ length: 120 }, (_, i) => {
    const tMs = (i + 1) * 100 - 2_000;
    return { tMs, periodMs: 100, completed: 10, failed: 0, meanUs: meanUs(tMs), maxUs: meanUs(tMs) };
  });
const noise = (tMs: number): number => ((tMs * 7_919) % 1_000) / 10;
const detail = (meanUs: (tMs: number) => number | null): string | undefined =>
  judgeTrial(figures({ ...HEALTHY, series: series(meanUs) }), CONTEXT).find(
    ({ code }) => code === 'NOT_STEADY',
  )?.detail;

describe('steadiness of a trial', () => {
  it('does not hold the warm-up against a target', () => {
    expect(detail((tMs) => (tMs <= 0 ? 50_000 : 10_000) + noise(tMs))).toBeUndefined();
  });

  it('G21: sees a drift within the window', () => {
    expect(detail((tMs) => 10_000 + tMs * 0.5 + noise(tMs))).toMatch(
      /^mean latency of a period: a rise of \d+ %/,
    );
  });

  it('says when a target settled that had not when the measurement began', () => {
    expect(detail((tMs) => (tMs <= 3_000 ? 30_000 : 10_000) + noise(tMs))).toMatch(
      /settled 3\.[01] s into it$/,
    );
  });

  it('passes over periods without an answer, and over a load without a series', () => {
    expect(detail((tMs) => (tMs % 1_000 === 0 ? null : 10_000 + noise(tMs)))).toBeUndefined();
    expect(detail(() => null)).toBeUndefined();
  });
});
