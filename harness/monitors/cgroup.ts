import type { Accounting, AccountingSource } from './accounting.ts';
import type { CgroupMemory } from './kernel/counters.ts';
import { locateCgroup } from './kernel/cgroup-path.ts';
import { cgroupV1Cpu, cgroupV1Memory } from './kernel/cgroup-v1.ts';
import { cgroupV2Cpu, cgroupV2Memory } from './kernel/cgroup-v2.ts';
import type { KernelFiles } from './kernel/kernel-files.ts';
import { attempt, type Attempt, Unreadable } from './kernel/readable.ts';

/**
 * The control group of a container. A process that httpdyno starts itself shares the group of httpdyno, whose load
 * workers it would then be charged with, so that only a group named after the container is ever read.
 */
export const cgroup: AccountingSource = {
  id: 'cgroup',
  open: (files, scope) => {
    if (scope.kind !== 'container') throw new Unreadable('a plain process has no control group of its own');
    const folder = locateCgroup(files, scope.initPid, 'cpuacct');
    if (!folder.path.includes(scope.containerId)) {
      throw new Unreadable(`control group ${folder.path} does not belong to the container alone`);
    }
    const cpu = folder.version === 1 ? cgroupV1Cpu(files, folder.path) : cgroupV2Cpu(files, folder.path);
    const memory = openMemory(files, scope.initPid, scope.containerId);
    let listed: Attempt<number[]> = { ok: true, value: [] };
    const accounting: Accounting = {
      source: `cgroup-v${folder.version}`,
      refresh: () => {
        listed = attempt(() => listPids(files, folder.path));
      },
      pids: () => (listed.ok ? listed.value : []),
      alive: () => (listed.ok ? listed.value.length > 0 : attempt(() => cpu.read()).ok),
      cpu: () => cpu.read(),
      memory: () => {
        if (!memory.ok) throw new Unreadable(memory.reason);
        return memory.value.read();
      },
      notes: () => [],
      close: () => {
        cpu.close();
        if (memory.ok) memory.value.close();
      },
    };
    return accounting;
  },
};

function openMemory(files: KernelFiles, initPid: number, containerId: string): Attempt<CgroupMemory> {
  return attempt(() => {
    const { version, path } = locateCgroup(files, initPid, 'memory');
    if (!path.includes(containerId)) throw new Unreadable(`${path} does not belong to the container alone`);
    return version === 1 ? cgroupV1Memory(files, path) : cgroupV2Memory(files, path);
  });
}

/** A pid of 0 stands for a process that our own pid namespace does not contain. */
function listPids(files: KernelFiles, folder: string): number[] {
  return files.text(`${folder}/cgroup.procs`).split('\n').filter(Boolean).map(Number);
}
