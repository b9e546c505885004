import { describe, expect, it } from 'vitest';
import { missing, read } from '../../../harness/model/resources.ts';
import { type MachineSnapshot, machineUsage } from '../../../harness/monitors/kernel/machine.ts';
import { readNoise } from '../../../harness/monitors/noise.ts';
import { FakeClock } from '../../support/fake-ports.ts';
import { fixtureTree, machineFiles } from '../support/fixture-tree.ts';

function snapshot(overrides: Partial<MachineSnapshot> = {}): MachineSnapshot {
  return {
    atUs: 0,
    pressureUs: { ok: true, value: 0 },
    ticks: { ok: true, value: { busy: 0, steal: 0, total: 0 } },
    harnessTicks: { ok: true, value: 0 },
    ...overrides,
  };
}

describe('what the machine did during a window', () => {
  const before = snapshot();
  const after = snapshot({
    atUs: 10_000_000,
    pressureUs: { ok: true, value: 2_500_000 },
    ticks: { ok: true, value: { busy: 1_500, steal: 20, total: 2_000 } },
    harnessTicks: { ok: true, value: 400 },
  });

  it('is shares of the time between the two looks, and cores that neither target nor harness used', () => {
    const usage = machineUsage(before, after, read(0.9));
    expect(usage.cpuPressureShare.value).toBe(0.25);
    expect(usage.stealShare.value).toBe(0.01);
    expect(usage.foreignCpuCores.value).toBeCloseTo(1.5 - 0.4 - 0.9, 9);
  });

  it('is never less than nothing where ticks disagree', () => {
    expect(machineUsage(before, after, read(1.2)).foreignCpuCores.value).toBe(0);
  });

  it('F33 is missing with the reason of the first part that is', () => {
    expect(machineUsage(before, after, missing('no cgroup')).foreignCpuCores.missing).toBe('no cgroup');
    const blind = snapshot({ pressureUs: { ok: false, reason: 'no PSI' } });
    const usage = machineUsage(blind, after, read(0));
    expect(usage.cpuPressureShare).toEqual({ value: null, missing: 'no PSI' });
    expect(usage.stealShare.value).not.toBeNull();
    const gone = { ...after, pressureUs: { ok: false, reason: 'gone' } as const };
    expect(machineUsage(before, gone, read(0)).cpuPressureShare.missing).toBe('gone');
  });

  it('has no share of steal in a window shorter than a tick', () => {
    expect(machineUsage(before, snapshot({ atUs: 1_000 }), read(0)).stealShare.missing).toContain('one tick');
  });
});

describe('the noise before any load', () => {
  it('is the present average of pressure, and what happened while watching', async () => {
    const tree = fixtureTree(machineFiles);
    const clock = new FakeClock();
    const sleep = clock.sleep.bind(clock);
    clock.sleep = async (ms) => {
      await sleep(ms);
      tree.write('proc/pressure/cpu', 'some avg10=30.00 avg60=0.00 avg300=0.00 total=1200000\n');
      tree.write('proc/stat', 'cpu  150 0 100 1025 0 0 0 35 0 0\n');
    };
    try {
      const noise = await readNoise(1_000, { clock, fsRoot: tree.root });
      expect(noise.cpuPressureAvg10.value).toBe(30);
      expect(noise.cpuPressureShare.value).toBeCloseTo(0.2, 9);
      expect(noise.stealShare.value).toBe(0.25);
    } finally {
      tree.dispose();
    }
  });

  it('F33 is missing where the kernel keeps no pressure', async () => {
    const tree = fixtureTree({});
    const noise = await readNoise(10, { clock: new FakeClock(), fsRoot: tree.root });
    tree.dispose();
    expect(noise.cpuPressureAvg10.missing).toBe('cannot read /proc/pressure/cpu: ENOENT');
    expect(noise.stealShare.missing).toBe('cannot read /proc/stat: ENOENT');
  });
});
