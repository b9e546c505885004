import { describe, expect, it } from 'vitest';
import { judgeTrial } from '../../../harness/analysis/trial-reasons.ts';
import { missing, read, type MachineUsage } from '../../../harness/model/resources.ts';
import { CONTEXT, figures } from '../support/figures.ts';

const given = (machine: Partial<MachineUsage>): string[] => {
  const base = figures();
  return judgeTrial({ ...base, machine: { ...base.machine, ...machine } }, CONTEXT).map(({ code }) => code);
};

describe('surroundings', () => {
  it('F29: two burners beside target and driver invalidate a trial', () => {
    expect(given({ foreignCpuCores: read(1), cpuPressureShare: read(0.98) })).toEqual(['NOISY_ENV']);
  });

  it('warns of lesser foreign work', () => {
    expect(given({ foreignCpuCores: read(0.1), cpuPressureShare: read(0.3) })).toEqual(['ENV_BUSY']);
    expect(given({ foreignCpuCores: read(0.3), cpuPressureShare: read(0.3) })).toEqual(['ENV_BUSY']);
  });

  it('accuses nobody of the pressure that target and driver make themselves', () => {
    expect(given({ foreignCpuCores: read(0.02), cpuPressureShare: read(0.99) })).toEqual([]);
  });

  it('lets others use CPUs that nobody waited for', () => {
    expect(given({ foreignCpuCores: read(1.5), cpuPressureShare: read(0.05) })).toEqual([]);
  });

  it('assumes the worst of foreign work on a kernel without PSI', () => {
    const noPsi = { cpuPressureShare: missing('no PSI'), cpuPressureAvg10Before: missing('no PSI') };
    expect(given({ ...noPsi, foreignCpuCores: read(0.5) })).toEqual(['NOISY_ENV']);
    expect(given({ ...noPsi, foreignCpuCores: read(0.01) })).toEqual([]);
  });

  it('F29: falls back on the pressure before the trial where foreign time is unknown', () => {
    const foreignCpuCores = missing('no /proc/stat');
    expect(given({ foreignCpuCores, cpuPressureAvg10Before: read(41) })).toEqual(['NOISY_ENV']);
    expect(given({ foreignCpuCores, cpuPressureAvg10Before: read(21) })).toEqual(['ENV_BUSY']);
    expect(given({ foreignCpuCores, cpuPressureAvg10Before: read(19) })).toEqual([]);
    expect(given({ foreignCpuCores, cpuPressureAvg10Before: missing('no PSI') })).toEqual([]);
  });

  it('warns of time that the hypervisor took', () => {
    expect(given({ stealShare: read(0.06) })).toEqual(['STEAL']);
    expect(given({ stealShare: read(0.05) })).toEqual([]);
  });

  it('F33: names each figure that could not be read', () => {
    const base = figures();
    const resources = {
      ...base.resources,
      cpuNs: missing('cgroup vanished'),
      pageCacheBytes: missing('no cgroup'),
    };
    expect(judgeTrial({ ...base, resources }, CONTEXT)).toEqual([
      { code: 'RESOURCES_PARTIAL', detail: 'CPU time: cgroup vanished' },
    ]);
  });
});
