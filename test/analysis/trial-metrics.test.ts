import { describe, expect, it } from 'vitest';
import { measuredMetrics, trialMetrics } from '../../harness/analysis/trial-metrics.ts';
import { METRIC_IDS } from '../../harness/model/metric.ts';
import { missing, read } from '../../harness/model/resources.ts';
import { figures, load } from './support/figures.ts';
import { trial } from './support/sessions.ts';

const UNIFORM = Array.from({ length: 1_000 }, (_, i) => (i + 1) * 10);

describe('metrics of a trial', () => {
  it('divides what arrived within the window by the length of the window', () => {
    const metrics = measuredMetrics({
      ...figures(),
      load: {
        ...load({ latenciesUs: UNIFORM, windowMs: 4_000, counts: { badStatus: 200 } }),
        okInWindow: 900,
      },
    });
    expect(metrics.throughputRps.value).toBe(300);
    expect(metrics.goodputRps.value).toBe(225);
    expect(metrics.bandwidthBytesPerSec.value).toBe(256_000);
    expect(metrics.reliabilityShare.value).toBeCloseTo(1_000 / 1_200, 12);
  });

  it('reads percentiles from the histogram of response times', () => {
    const metrics = measuredMetrics(figures({ latenciesUs: UNIFORM }));
    const expected = {
      latencyP50Us: 5_000,
      latencyP90Us: 9_000,
      latencyP99Us: 9_900,
      latencyMaxUs: 10_000,
      latencyMeanUs: 5_005,
      latencyJitterUs: 2_887,
    } as const;
    for (const id of METRIC_IDS) {
      if (!(id in expected)) continue;
      const truth = Reflect.get(expected, id);
      expect(metrics[id].value, id).toBeGreaterThan(truth * 0.999);
      expect(metrics[id].value, id).toBeLessThan(truth * 1.001);
    }
  });

  it.each([
    ['latencyP50Us', 11],
    ['latencyP90Us', 64],
    ['latencyP99Us', 662],
    ['latencyP999Us', 6_636],
  ] as const)('%s needs %i samples, and says so when it has fewer', (metric, needed) => {
    const samples = (n: number): number[] => Array.from({ length: n }, () => 100);
    const lacking = measuredMetrics(figures({ latenciesUs: samples(needed - 1) }))[metric];
    expect(lacking.value).toBeNull();
    expect(lacking.missing).toContain(`needs ${needed.toLocaleString('en-US')} samples`);
    expect(measuredMetrics(figures({ latenciesUs: samples(needed) }))[metric].value).toBe(100);
  });

  it('gives no latency at all without a correct response', () => {
    const metrics = measuredMetrics(figures({ latenciesUs: [], counts: { timeout: 5 } }));
    for (const id of METRIC_IDS.filter((metric) => metric.startsWith('latency'))) {
      expect(metrics[id].value, id).toBeNull();
    }
    expect(metrics.throughputRps.value).toBe(0);
    expect(metrics.reliabilityShare.value).toBe(0);
    expect(metrics.cpuUsPerRequest.missing).toMatch(/no request completed/);
  });

  it('charges the CPU of the whole window to its responses', () => {
    const metrics = measuredMetrics(figures());
    expect(metrics.cpuPercent.value).toBeCloseTo(40, 10);
    expect(metrics.cpuUsPerRequest.value).toBeCloseTo(4_000, 8);
    expect(metrics.driverCpuPercent.value).toBeCloseTo(40, 10);
  });

  it('corrects CPU per request where the monitor watched a slightly longer window', () => {
    const base = figures();
    const resources = { ...base.resources, windowUs: 10_100_000, cpuNs: read(4.04e9) };
    expect(measuredMetrics({ ...base, resources }).cpuUsPerRequest.value).toBeCloseTo(4_000, 8);
  });

  it('hands a missing reading on with its reason, never as 0', () => {
    const base = figures();
    const resources = { ...base.resources, cpuNs: missing('cgroup vanished') };
    const metrics = measuredMetrics({ ...base, resources });
    expect(metrics.cpuPercent).toEqual(missing('cgroup vanished'));
    expect(metrics.cpuUsPerRequest).toEqual(missing('cgroup vanished'));
  });

  it('gives an aborted trial no metric', () => {
    const metrics = trialMetrics(trial({ reasons: [{ code: 'INTERRUPTED', detail: 'SIGINT' }] }));
    expect(Object.keys(metrics).toSorted()).toEqual([...METRIC_IDS].toSorted());
    for (const id of METRIC_IDS) expect(metrics[id]).toEqual(missing('the trial was aborted'));
  });
});
