import { afterEach, describe, expect, it, vi } from 'vitest';
import { cellFigures } from '../../../harness/analysis/summary/cell-metrics.ts';
import { LatencyHistogram } from '../../../harness/histogram/latency-histogram.ts';
import { METRIC_IDS } from '../../../harness/model/metric.ts';
import { isMeasured, type MeasuredTrial } from '../../../harness/model/trial.ts';
import { trial } from '../support/sessions.ts';

afterEach(() => vi.restoreAllMocks());

const measured = (latenciesUs: readonly number[], round = 0): MeasuredTrial => {
  const made = trial({ round, load: { latenciesUs: [...latenciesUs] } });
  if (!isMeasured(made)) throw new Error('a measured trial is needed');
  return made;
};

const many = (us: number, count = 2_000): number[] => Array.from({ length: count }, () => us);

describe('the figures of a cell', () => {
  it('are none without trials, and say why', () => {
    const { metrics, percentileCurve } = cellFigures([], 'not measured');
    expect(percentileCurve).toBeUndefined();
    for (const id of METRIC_IDS) expect(metrics[id]).toEqual({ kind: 'none', why: 'not measured' });
  });

  it('read percentiles from all requests together, not from the mean of rounds', () => {
    // Two rounds of 100 µs and one of 900 µs: the median of all is 100 µs, the p90 that of the slow third.
    const { metrics } = cellFigures([many(100), many(100), many(900)].map(measured), '');
    expect(metrics.latencyP50Us).toMatchObject({ kind: 'value', estimate: 100 });
    expect(metrics.latencyP90Us.kind === 'value' && Math.round(metrics.latencyP90Us.estimate / 10)).toBe(90);
    expect(metrics.latencyMaxUs).toMatchObject({ kind: 'value', interval: null });
  });

  it('hold one value a trial, in the order given', () => {
    const { metrics } = cellFigures([many(100), many(300), many(200)].map(measured), '');
    const { latencyMeanUs } = metrics;
    if (latencyMeanUs.kind === 'none') throw new Error(latencyMeanUs.why);
    expect(latencyMeanUs.values.map((us) => Math.round(us / 10))).toEqual([10, 30, 20]);
    expect([latencyMeanUs.min, latencyMeanUs.max].map((us) => Math.round(us / 10))).toEqual([10, 30]);
  });

  it('take work that grows with the trials and no faster: three histograms of each are decoded', () => {
    const decode = vi.spyOn(LatencyHistogram, 'decode');
    const decodesFor = (count: number): number => {
      const trials = Array.from({ length: count }, (_, round) => measured(many(100 + round), round));
      decode.mockClear();
      cellFigures(trials, '');
      return decode.mock.calls.length;
    };
    expect(decodesFor(4)).toBeLessThanOrEqual(4 * 3);
    expect(decodesFor(40)).toBe(decodesFor(4) * 10);
  });
});
