import type { Clock } from '../../base/clock.ts';
import { NS_PER_US } from '../../base/units.ts';
import { type MachineUsage, missing, type Reading, read } from '../../model/resources.ts';
import type { KernelFiles } from './kernel-files.ts';
import { parseMachineTicks, parsePressure, TICK_NS } from './proc-text.ts';
import { descendantsOf, scanProcesses } from './process-tree.ts';
import { attempt, type Attempt, difference } from './readable.ts';

/** Cumulative counters of the whole machine at one moment. */
export interface MachineSnapshot {
  atUs: number;
  pressureUs: Attempt<number>;
  ticks: Attempt<ReturnType<typeof parseMachineTicks>>;
  /** CPU time of the harness and of whatever it started, the target left out, in ticks. */
  harnessTicks: Attempt<number>;
}

export function snapshotMachine(
  files: KernelFiles,
  clock: Clock,
  targetPids: readonly number[],
): MachineSnapshot {
  return {
    atUs: clock.monotonicUs(),
    pressureUs: attempt(() => parsePressure(files.text('/proc/pressure/cpu')).totalUs),
    ticks: attempt(() => parseMachineTicks(files.text('/proc/stat'))),
    harnessTicks: attempt(() => harnessTicks(files, process.pid, targetPids)),
  };
}

/** PSI `some avg10` of the CPUs now, in percent. */
export function pressureAvg10(files: KernelFiles): Attempt<number> {
  return attempt(() => parsePressure(files.text('/proc/pressure/cpu')).avg10);
}

/** Children that ended and were waited for are in the sum of their parent, so that it only grows. */
function harnessTicks(files: KernelFiles, harnessPid: number, targetPids: readonly number[]): number {
  return descendantsOf(scanProcesses(files), harnessPid, new Set(targetPids)).reduce(
    (sum, stat) => sum + stat.userTicks + stat.systemTicks + stat.childUserTicks + stat.childSystemTicks,
    0,
  );
}

/**
 * What the machine did between two snapshots. `/proc/stat` and the times of the harness have ticks of 10 ms, and
 * `/proc/stat` is sampled, so that `foreignCpuCores` is good to some hundredths of a core over 10 s; below 0 it is 0.
 */
export function machineUsage(
  before: MachineSnapshot,
  after: MachineSnapshot,
  targetCores: Reading,
): Omit<MachineUsage, 'cpuPressureAvg10Before'> {
  const windowUs = after.atUs - before.atUs;
  const pressureUs = difference(before.pressureUs, after.pressureUs, (us) => us);
  const steal = difference(before.ticks, after.ticks, (ticks) => ticks.steal);
  const total = difference(before.ticks, after.ticks, (ticks) => ticks.total);
  const busy = difference(before.ticks, after.ticks, (ticks) => ticks.busy);
  const harness = difference(before.harnessTicks, after.harnessTicks, (ticks) => ticks);
  const cores = (ticks: number): number => (ticks * TICK_NS) / NS_PER_US / windowUs;
  return {
    cpuPressureShare: derived([pressureUs], ([us = 0]) => Math.min(1, us / windowUs)),
    stealShare: derived([steal, total], ([stolen = 0, all = 0]) => (all > 0 ? stolen / all : null)),
    foreignCpuCores: derived([busy, harness, targetCores], ([all = 0, own = 0, target = 0]) =>
      Math.max(0, cores(all - own) - target),
    ),
  };
}

/** A figure made of several readings: missing as soon as one of them is, or where the window is too short for it. */
function derived(readings: readonly Reading[], compute: (values: number[]) => number | null): Reading {
  const values: number[] = [];
  for (const reading of readings) {
    if (reading.value === null) return missing(reading.missing);
    values.push(reading.value);
  }
  const value = compute(values);
  return value === null || !Number.isFinite(value)
    ? missing('the window was shorter than one tick of 10 ms')
    : read(value);
}
