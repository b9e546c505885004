import { HistogramLogReader } from 'hdr-histogram-js';
import { describe, expect, it } from 'vitest';
import { renderHlog } from '../../../harness/reporters/exports/hlog.ts';
import { cell, metrics, report, session, trial } from '../fixtures.ts';

describe('the HdrHistogram log', () => {
  it('is read by the reader of HdrHistogram, tag, time and samples', () => {
    const reader = new HistogramLogReader(renderHlog(report()), 32, false);
    const first = reader.nextIntervalHistogram();
    expect(first?.tag).toBe('node-http.1kb');
    expect([first?.totalCount, first?.getValueAtPercentile(50), first?.maxValue]).toEqual([10, 500, 1_000]);
    expect(first?.startTimeStampMsec).toBe(Date.parse('2026-11-20T10:00:00.000Z'));
    expect((first?.endTimeStampMsec ?? 0) - (first?.startTimeStampMsec ?? 0)).toBe(7_000);
    first?.destroy();
  });

  it('holds a line for each published trial and none for the others', () => {
    const invalid = { ...trial(3, 'tokio', 1, { round: 1 }), verdict: 'invalid' as const };
    const text = renderHlog(report({}, { trials: [...session().trials, invalid] }));
    expect(text.match(/^Tag=[^,]+/gm)).toEqual(['Tag=node-http.1kb', 'Tag=tokio.1kb', 'Tag=hyperlane.1kb']);
  });

  it('takes the largest value of each round from the summary, in ms', () => {
    const figures = metrics(1_000, 1, [1, 1]);
    const maxima = { ...figures, latencyMaxUs: { ...figures.latencyMaxUs, values: [2_500, 9_000] } };
    const trials = [trial(1, 'a', 1, { round: 1 }), trial(0, 'a', 1, { round: 0 })];
    const text = renderHlog(report({ cells: [cell('a', 1, { metrics: maxima })] }, { trials }));
    expect(text.match(/^Tag=a\.1kb,0\.000,7\.000,[\d.]+/gm)).toEqual([
      'Tag=a.1kb,0.000,7.000,2.500',
      'Tag=a.1kb,0.000,7.000,9.000',
    ]);
  });

  it('S8 has no tag that could break its line', () => {
    const hostile = 'a,b c\nTag=x';
    const text = renderHlog(report({ cells: [cell(hostile, 1)] }, { trials: [trial(0, hostile, 1)] }));
    expect(text).toContain('\nTag=a_b_c_Tag_x.1kb,');
  });
});
