import { NS_PER_US } from '../../base/units.ts';
import type { CgroupCpu, CgroupMemory } from './counters.ts';
import type { KernelFiles } from './kernel-files.ts';
import { keyedNumber, requiredNumber } from './proc-text.ts';
import { attempt } from './readable.ts';

/** `cpu.stat` is there whether or not the cpu controller is enabled; its times are in µs. */
export function cgroupV2Cpu(files: KernelFiles, folder: string): CgroupCpu {
  const path = `${folder}/cpu.stat`;
  const file = files.open(path);
  return {
    read: () => {
      const text = file.read();
      const of = (name: string): number => requiredNumber(text, name, path) * NS_PER_US;
      return { totalNs: of('usage_usec'), userNs: of('user_usec'), systemNs: of('system_usec') };
    },
    close: () => file.close(),
  };
}

export function cgroupV2Memory(files: KernelFiles, folder: string): CgroupMemory {
  const stat = files.open(`${folder}/memory.stat`);
  return {
    read: () => {
      const text = stat.read();
      const of = (name: string): number => requiredNumber(text, name, `${folder}/memory.stat`);
      const peak = attempt(() => files.text(`${folder}/memory.peak`));
      const events = attempt(() => files.text(`${folder}/memory.events`));
      return {
        anonBytes: of('anon'),
        pageCacheBytes: of('file') - (keyedNumber(text, 'shmem') ?? 0),
        peakWithCacheBytes: peak.ok ? Number.parseInt(peak.value, 10) : null,
        oomKills: events.ok ? keyedNumber(events.value, 'oom_kill') : null,
      };
    },
    close: () => stat.close(),
  };
}
