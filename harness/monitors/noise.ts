import { systemClock, type Clock } from '../base/clock.ts';
import { missing, type Reading } from '../model/resources.ts';
import { kernelFiles } from './kernel/kernel-files.ts';
import { machineUsage, pressureAvg10, snapshotMachine } from './kernel/machine.ts';
import { toReading } from './kernel/readable.ts';

/** How busy the machine is before any load of ours. */
export interface Noise {
  /** PSI `some avg10` of the CPUs, in percent; an average over the last 10 s, which lags behind. */
  cpuPressureAvg10: Reading;
  /** Over the time that was watched: share of it in which some task waited for a CPU, and of CPU time that the hypervisor took. */
  cpuPressureShare: Reading;
  stealShare: Reading;
}

/** Watches the machine for `watchMs`, at least some ticks of 10 ms, and tells how busy it is; judging it is left to the caller. */
export async function readNoise(
  watchMs: number,
  { clock = systemClock, fsRoot = '/' }: { clock?: Clock; fsRoot?: string } = {},
): Promise<Noise> {
  const files = kernelFiles(fsRoot);
  const before = snapshotMachine(files, clock, []);
  await clock.sleep(watchMs);
  const after = snapshotMachine(files, clock, []);
  const { cpuPressureShare, stealShare } = machineUsage(before, after, missing('no target'));
  return { cpuPressureAvg10: toReading(pressureAvg10(files)), cpuPressureShare, stealShare };
}
