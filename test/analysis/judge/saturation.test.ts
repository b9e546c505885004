import { describe, expect, it } from 'vitest';
import { judgeTrial } from '../../../harness/analysis/trial-reasons.ts';
import { missing, read } from '../../../harness/model/resources.ts';
import { CONTEXT, figures, HEALTHY } from '../support/figures.ts';

describe('saturation', () => {
  it.each([
    [{ driverCpu: 0.95 }, 'CPU 95 %'],
    [{ driverLoop: 0.98 }, 'event loop 98 %'],
    [{ driverCpu: 1, driverLoop: 1 }, 'CPU 100 %, event loop 100 %'],
    [{ driverCpu: 0.2, driverWait: 0.7 }, 'CPU 20 %, and waiting for one 70 % of the time'],
  ])('G18: flags a full driver and shows what the target still had: %o', (driver, shown) => {
    const reasons = judgeTrial(figures({ ...HEALTHY, ...driver }), CONTEXT);
    expect(reasons).toEqual([
      {
        code: 'DRIVER_SATURATED',
        detail: `busiest load worker: ${shown}; the target used 0.40 of 1 CPU`,
      },
    ]);
  });

  it('judges an open loop by its event loop alone: waiting for the next start keeps its CPU busy', () => {
    const open = { kind: 'open', rateRps: 100, arrivals: 'constant' } as const;
    const codes = (driver: { driverCpu: number; driverLoop: number }): string[] => {
      const base = figures({ ...HEALTHY, ...driver });
      return judgeTrial({ ...base, load: { ...base.load, loop: open } }, CONTEXT).map(({ code }) => code);
    };
    expect(codes({ driverCpu: 1, driverLoop: 0.3 })).not.toContain('DRIVER_SATURATED');
    expect(codes({ driverCpu: 1, driverLoop: 0.99 })).toContain('DRIVER_SATURATED');
  });

  it('G18: blames a full target, never the driver that waits for it', () => {
    const base = figures({ ...HEALTHY, driverCpu: 0.9, driverLoop: 0.95 });
    const reasons = judgeTrial({ ...base, resources: { ...base.resources, cpuNs: read(9.6e9) } }, CONTEXT);
    expect(reasons).toEqual([{ code: 'TARGET_SATURATED', detail: 'the target used 0.96 of 1 CPU' }]);
  });

  const underQuota = (cpuNs: number, cores: number, throttled: number | null): string[] => {
    const base = figures();
    const throttledShare = throttled === null ? missing('cpu.stat counts no periods') : read(throttled);
    const resources = { ...base.resources, cpuNs: read(cpuNs), cpuQuota: { cores, throttledShare } };
    return judgeTrial({ ...base, resources }, CONTEXT).map(({ code, detail }) => `${code}: ${detail}`);
  };

  it('G18: a target that used its quota up is full, whatever CPU it left idle', () => {
    expect(underQuota(1.96e9, 0.2, 0.97)).toEqual([
      'TARGET_SATURATED: the target used 0.20 of 0.20 CPUs, and its quota stopped it in 97 % of its periods',
    ]);
    expect(underQuota(1.96e9, 0.2, null)).toEqual(['TARGET_SATURATED: the target used 0.20 of 0.20 CPUs']);
  });

  it('G18: a target that its quota stops in most periods is full, however little it used on average', () => {
    expect(underQuota(1e9, 0.2, 0.5)).toEqual([
      'TARGET_SATURATED: the target used 0.10 of 0.20 CPUs, and its quota stopped it in 50 % of its periods',
    ]);
  });

  it('G18: a quota that leaves room, or is wider than the CPUs of the target, accuses no one', () => {
    expect(underQuota(1.8e9, 0.2, 0.4)).toEqual([]);
    expect(underQuota(9.4e9, 4, 0)).toEqual([]);
    expect(underQuota(9.6e9, 4, 0)).toEqual(['TARGET_SATURATED: the target used 0.96 of 1 CPU']);
  });

  it('G18: does not blame a driver that waits a little, or wants little', () => {
    for (const driver of [
      { driverCpu: 0.8, driverWait: 0.1 },
      { driverCpu: 0.1, driverWait: 0.25 },
    ]) {
      expect(judgeTrial(figures({ ...HEALTHY, ...driver }), CONTEXT)).toEqual([]);
    }
  });

  it('does not take an unread driver for an idle or a full one', () => {
    const base = figures();
    const driverLoad = { ...base.load.driverLoad, cpuUtilization: missing('no such clock') };
    expect(judgeTrial({ ...base, load: { ...base.load, driverLoad } }, CONTEXT)).toEqual([]);
  });

  it('G19: calls 80 % of the calibrated ceiling a lower bound', () => {
    const codes = (ceilingRps: number | null): string[] =>
      judgeTrial(figures(), { ...CONTEXT, ceilingRps }).map(({ code }) => code);
    expect(codes(125)).toEqual(['NEAR_DRIVER_CEILING']);
    expect(codes(126)).toEqual([]);
    expect(codes(null)).toEqual([]);
  });
});
