import { describe, expect, it } from 'vitest';
import { compareBaselineRuns } from '../../harness/analysis/compare-baselines.ts';
import type { Comparison } from '../../harness/model/comparison.ts';
import type { MetricId } from '../../harness/model/metric.ts';
import { baselineRun, type RunSketch } from '../support/baseline.ts';

const comparisons = (a: RunSketch, b: RunSketch): Map<MetricId, Comparison> => {
  const sides = [
    { targetId: 'old', run: baselineRun(1, a) },
    { targetId: 'new', run: baselineRun(2, b) },
  ] as const;
  const [cell] = compareBaselineRuns(...sides).cells;
  return new Map(cell?.metrics.map(({ metric, comparison }) => [metric, comparison]));
};

describe('two stored runs', () => {
  it('of one server on a day that was twice as slow cannot be told apart', () => {
    for (const [metric, comparison] of comparisons({}, { pace: 2 }))
      expect(comparison.kind, metric).toBe('not-told-apart');
  });

  it('differ by what the server became worse, whichever way its metric is better, on any day', () => {
    for (const pace of [0.5, 1, 3]) {
      const changes = comparisons({}, { pace, slowdown: 0.25 });
      const cpu = changes.get('cpuUsPerRequest');
      expect(cpu).toMatchObject({ kind: 'different', direction: 'worse' });
      expect(cpu?.change).toBeCloseTo(0.25, 1);
      expect(changes.get('throughputRps')).toMatchObject({ kind: 'different', direction: 'worse' });
      expect(changes.get('throughputRps')?.change).toBeCloseTo(-0.2, 1);
      expect(changes.get('memoryRssMeanBytes')?.change).toBeCloseTo(0.25, 1);
    }
  });

  it('have an interval that holds the change', () => {
    const cpu = comparisons({}, { slowdown: 0.1 }).get('cpuUsPerRequest');
    if (cpu?.kind !== 'different') throw new Error('not told apart');
    expect(cpu.interval.low).toBeLessThan(0.1);
    expect(cpu.interval.high).toBeGreaterThan(0.1);
    expect(cpu.interval.high - cpu.interval.low).toBeLessThan(0.03);
  });

  it('without a reference beside them say so instead of a figure; memory needs none', () => {
    const changes = comparisons({ anchored: false }, { slowdown: 0.25 });
    expect(changes.get('cpuUsPerRequest')).toEqual({
      kind: 'too-few',
      change: null,
      why: 'no reference server ran beside these launches',
    });
    expect(changes.get('memoryRssMeanBytes')?.kind).toBe('different');
  });

  it('of too few launches have an estimate and no interval', () => {
    expect(comparisons({ launches: 2 }, { launches: 2, slowdown: 0.25 }).get('cpuUsPerRequest')?.kind).toBe(
      'too-few',
    );
  });

  it('share only the cells that both hold, and of these the metrics that are asked for', () => {
    const a = { targetId: 'a', run: baselineRun(1) };
    const other = baselineRun(2, {}, { cells: baselineRun(2).cells.slice(0, 2) });
    const metricsOf = (wanted?: MetricId[]): (MetricId | undefined)[] =>
      compareBaselineRuns(a, { targetId: 'b', run: other }, wanted).cells.flatMap(({ metrics }) =>
        metrics.map(({ metric }) => metric),
      );
    expect(metricsOf()).toEqual(['cpuUsPerRequest', 'throughputRps']);
    expect(metricsOf(['throughputRps'])).toEqual(['throughputRps']);
    expect(metricsOf(['latencyP99Us'])).toEqual([]);
  });

  it('say what the intervals do not hold', () => {
    const { warnings } = compareBaselineRuns(
      { targetId: 'a', run: baselineRun(1) },
      { targetId: 'b', run: baselineRun(2) },
    );
    expect(warnings.join()).toMatch(/not how one run differs from the next/);
  });
});
