import type { CgroupCpu, CgroupMemory } from './counters.ts';
import type { KernelFiles } from './kernel-files.ts';
import { keyedNumber, requiredNumber } from './proc-text.ts';
import { attempt, Unreadable } from './readable.ts';

/**
 * `cpuacct.usage` is exact in ns, but for the tick in which a thread is running now. The user and system counters are
 * sampled by ticks and need not add up to it; `cpuacct.stat` has 10 ms ticks and is not used.
 */
export function cgroupV1Cpu(files: KernelFiles, folder: string): CgroupCpu {
  const usage = files.open(`${folder}/cpuacct.usage`);
  const user = attempt(() => files.open(`${folder}/cpuacct.usage_user`));
  const system = attempt(() => files.open(`${folder}/cpuacct.usage_sys`));
  return {
    read: () => ({
      totalNs: wholeNumber(usage.read(), `${folder}/cpuacct.usage`),
      userNs: user.ok ? wholeNumber(user.value.read(), `${folder}/cpuacct.usage_user`) : null,
      systemNs: system.ok ? wholeNumber(system.value.read(), `${folder}/cpuacct.usage_sys`) : null,
    }),
    close: () => {
      usage.close();
      if (user.ok) user.value.close();
      if (system.ok) system.value.close();
    },
  };
}

export function cgroupV1Memory(files: KernelFiles, folder: string): CgroupMemory {
  const stat = files.open(`${folder}/memory.stat`);
  return {
    read: () => {
      const text = stat.read();
      const of = (name: string): number => requiredNumber(text, name, `${folder}/memory.stat`);
      const peak = attempt(() => wholeNumber(files.text(`${folder}/memory.max_usage_in_bytes`), folder));
      const oom = attempt(() => files.text(`${folder}/memory.oom_control`));
      return {
        anonBytes: of('total_rss'),
        pageCacheBytes: of('total_cache') - (keyedNumber(text, 'total_shmem') ?? 0),
        peakWithCacheBytes: peak.ok ? peak.value : null,
        oomKills: oom.ok ? keyedNumber(oom.value, 'oom_kill') : null,
      };
    },
    close: () => stat.close(),
  };
}

function wholeNumber(text: string, path: string): number {
  if (!/^\d+\s*$/.test(text)) throw new Unreadable(`${path} holds no number`);
  return Number(text);
}
