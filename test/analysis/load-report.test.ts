import { describe, expect, it } from 'vitest';
import { judgeLoad } from '../../harness/analysis/load-reasons.ts';
import { loadReport } from '../../harness/analysis/load-report.ts';
import { encodedHistogram, loadResult } from '../support/factories.ts';

const url = 'http://127.0.0.1:1/';
const context = { drainMs: 1_000, pipelining: 1 };

describe('the report of a load', () => {
  it('has exactly the documented fields', () => {
    expect(Object.keys(loadReport(loadResult(), url, []))).toEqual([
      'schemaVersion',
      'driver',
      'loop',
      'url',
      'connections',
      'workers',
      'durationMs',
      'offeredRateRps',
      'counts',
      'throughputRps',
      'goodputRps',
      'bodyBytes',
      'wireBytes',
      'bandwidthBytesPerSec',
      'responseTimeUs',
      'serviceTimeUs',
      'sendDelayUs',
      'histograms',
      'driverLoad',
      'verdict',
      'reasons',
    ]);
    const digest = loadReport(loadResult(), url, []).responseTimeUs;
    expect(Object.keys(digest)).toEqual([
      'min',
      'mean',
      'stdev',
      'p50',
      'p75',
      'p90',
      'p95',
      'p99',
      'p999',
      'p9999',
      'max',
    ]);
  });

  it('divides what arrived in the window by the window', () => {
    const report = loadReport(loadResult({ rps: 1_000, seconds: 4 }), url, []);
    expect(report).toMatchObject({
      durationMs: 4_000,
      throughputRps: 1_000,
      goodputRps: 1_000,
      bandwidthBytesPerSec: 1_024_000,
    });
  });

  it('P5: gives no percentile that has too few samples', () => {
    const load = {
      ...loadResult(),
      histograms: {
        serviceTime: encodedHistogram([5]),
        responseTime: encodedHistogram(Array.from({ length: 700 }, () => 5)),
        sendDelay: null,
      },
    };
    const report = loadReport(load, url, []);
    expect(report.responseTimeUs).toMatchObject({ p50: 5, p99: 5, p999: null, p9999: null, max: 5 });
    expect(report.serviceTimeUs).toMatchObject({ min: 5, mean: 5, p50: null, p99: null, max: 5 });
  });

  it('has null, not zero, where nothing was measured', () => {
    const nothing = {
      ...loadResult(),
      window: { startUs: 5, endUs: 5 },
      histograms: { serviceTime: encodedHistogram([]), responseTime: encodedHistogram([]), sendDelay: null },
    };
    expect(loadReport(nothing, url, [])).toMatchObject({
      throughputRps: null,
      responseTimeUs: { min: null, mean: null, max: null },
    });
  });

  it('names the offered rate in an open loop only', () => {
    const open = {
      ...loadResult(),
      loop: { kind: 'open' as const, rateRps: 500, arrivals: 'poisson' as const },
    };
    expect(loadReport(open, url, [])).toMatchObject({ loop: 'open', offeredRateRps: 500 });
    expect(loadReport(loadResult(), url, [])).toMatchObject({ loop: 'closed', offeredRateRps: null });
  });
});

describe('the judgement of a load', () => {
  it('finds nothing wrong with a flawless one', () => {
    expect(judgeLoad(loadResult(), context)).toEqual([]);
  });

  it('M3: sees outcomes that do not add up', () => {
    const load = loadResult();
    const lost = { ...load, counts: { ...load.counts, sent: load.counts.sent + 3 } };
    expect(judgeLoad(lost, context).map(({ code }) => code)).toContain('COUNTS_UNBALANCED');
  });

  it('keeps what the driver noticed, once', () => {
    const load = {
      ...loadResult(),
      reasons: [{ code: 'DRIVER_SATURATED' as const, detail: 'seen by the driver' }],
    };
    const full = {
      ...load,
      driverLoad: { ...load.driverLoad, cpuUtilization: { value: 0.99, missing: null } },
    };
    expect(judgeLoad(full, context)).toEqual(load.reasons);
  });
});
