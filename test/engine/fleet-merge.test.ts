import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeDriverLoad, mergeReasons, mergeResults } from '../../harness/engine/fleet-merge.ts';
import type { WorkerResult } from '../../harness/engine/fleet-protocol.ts';
import { LatencyHistogram } from '../../harness/histogram/latency-histogram.ts';
import { loadResultSchema } from '../../harness/model/load.ts';
import { workerResult } from './fake-fleet.ts';
import { closedRequest } from './load-fixtures.ts';

const WINDOW = { startUs: 1_000_000, endUs: 2_000_000 };

function merge(results: WorkerResult[]) {
  return mergeResults(results, {
    driver: { id: 'fake', version: '1' },
    request: closedRequest({ connections: 3 }),
    warmupMs: 250,
    series: () => [],
    reasons: [],
  });
}

function histogramOf(values: readonly number[]): string {
  const histogram = new LatencyHistogram();
  for (const value of values) histogram.record(value);
  const encoded = histogram.encode();
  histogram.destroy();
  return encoded;
}

describe('merging the results of workers', () => {
  it('G2 gives the histogram of all samples, not an average of percentiles', () => {
    const values = fc.array(fc.integer({ min: 1, max: 60_000_000 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(fc.array(values, { minLength: 1, maxLength: 4 }), (parts) => {
        const merged = merge(
          parts.map((part) => {
            const encoded = histogramOf(part);
            return workerResult(WINDOW, {
              histograms: { serviceTime: encoded, responseTime: encoded, sendDelay: encoded },
            });
          }),
        );
        const whole = LatencyHistogram.decode(histogramOf(parts.flat()));
        for (const encoded of Object.values(merged.histograms)) {
          const histogram = LatencyHistogram.decode(encoded ?? '');
          expect(histogram.count).toBe(whole.count);
          for (const percentile of [1, 50, 90, 99, 100]) {
            expect(histogram.percentileUs(percentile)).toBe(whole.percentileUs(percentile));
          }
          histogram.destroy();
        }
        whole.destroy();
      }),
      { numRuns: 40 },
    );
  });

  it('gives a record that fits its schema', () => {
    expect(() => loadResultSchema.parse(merge([workerResult(WINDOW), workerResult(WINDOW)]))).not.toThrow();
  });

  it('has no wire bytes and no send delay where one worker has none', () => {
    const merged = merge([workerResult(WINDOW), workerResult(WINDOW, { wireBytesInWindow: null })]);
    expect(merged.wireBytesInWindow).toBeNull();
    expect(merged.histograms.sendDelay).toBeNull();
  });

  it('ends the window of an amount with the last worker', () => {
    expect(merge([workerResult(WINDOW), workerResult({ ...WINDOW, endUs: 2_500_000 })]).window).toEqual({
      startUs: 1_000_000,
      endUs: 2_500_000,
    });
  });
});

describe('the load of the driver', () => {
  it('sums CPU time, and takes utilisation of the busiest worker', () => {
    const idle = workerResult(WINDOW, { cpuNs: 100_000_000, eventLoopUtilization: 0.1 });
    const busy = workerResult(WINDOW, { cpuNs: 990_000_000, eventLoopUtilization: 0.99 });
    const load = mergeDriverLoad([idle, busy]);
    expect(load.cpuNs.value).toBe(1_090_000_000);
    expect(load.cpuUtilization.value).toBeCloseTo(0.99, 9);
    expect(load.eventLoopUtilization.value).toBe(0.99);
  });

  it('is missing with a reason, not smaller, where one worker could not read its CPU time', () => {
    const load = mergeDriverLoad([workerResult(WINDOW), workerResult(WINDOW, { cpuNs: null })]);
    expect(load.cpuNs).toEqual({
      value: null,
      missing: 'this platform does not tell the CPU time of a thread',
    });
    expect(load.cpuUtilization.value).toBeNull();
  });
});

const lag = (detail: string) => ({ code: 'DRIVER_LAG', detail }) as const;

describe('the reasons of workers', () => {
  it('are kept once each, with every different detail', () => {
    expect(mergeReasons([lag('5 ms'), { code: 'STEAL', detail: '' }, lag('7 ms'), lag('5 ms')])).toEqual([
      { code: 'DRIVER_LAG', detail: '5 ms; 7 ms' },
      { code: 'STEAL', detail: '' },
    ]);
  });
});
