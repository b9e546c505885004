import fc from 'fast-check';
import { medianSorted, sampleVariance } from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import { everyMetric } from '../../harness/analysis/every-metric.ts';
import { ascending, mean, median, nth, variance } from '../../harness/analysis/order.ts';
import { METRIC_IDS } from '../../harness/model/metric.ts';

describe('order and moments', () => {
  it('agree with independent implementations', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 2, maxLength: 30 }),
        (values) => {
          expect(median(values)).toBeCloseTo(medianSorted(ascending(values)), 9);
          expect(variance(values)).toBeCloseTo(sampleVariance(values), 6);
        },
      ),
    );
  });

  it('leave their input as it was', () => {
    const values = [3, 1, 2];
    expect([median(values), ascending(values)]).toEqual([2, [1, 2, 3]]);
    expect(values).toEqual([3, 1, 2]);
  });

  it('call a bug by its name where there is nothing to take them of', () => {
    expect(() => median([])).toThrow(/no value at rank/);
    expect(() => mean([])).toThrow(/no value/);
    expect(() => variance([1])).toThrow(/fewer than two/);
    expect(() => nth([1], 1)).toThrow(/rank 1 of 1/);
  });

  it('a record of every metric has each of them once', () => {
    const record = everyMetric((metric) => metric.length);
    expect(Object.keys(record).toSorted()).toEqual([...METRIC_IDS].toSorted());
    expect(record.cpuPercent).toBe('cpuPercent'.length);
  });
});
