import os from 'node:os';
import process from 'node:process';
import type { Environment } from '../../model/environment.ts';
import { parseCpuList } from '../cpu-layout.ts';
import type { KernelTree } from './kernel-tree.ts';

/** What Node itself knows of the machine, on every platform. */
export interface Host {
  architecture: string;
  kernel: string;
  osType: string;
  cpuModel: string;
  logicalCpus: number;
  memoryBytes: number;
  node: string;
  pid: number;
}

export function thisHost(): Host {
  const cpus = os.cpus();
  return {
    architecture: os.arch(),
    kernel: os.release(),
    osType: os.type(),
    cpuModel: cpus[0]?.model.trim() ?? 'unknown',
    logicalCpus: cpus.length,
    memoryBytes: os.totalmem(),
    node: process.version,
    pid: process.pid,
  };
}

/** CPUs that this process may run on; all of them where the platform does not tell. */
export function usableCpus(tree: KernelTree, logicalCpus: number): number[] {
  const line = /^Cpus_allowed_list:\s*(\S+)$/m.exec(tree.text('/proc/self/status') ?? '')?.[1];
  const all = Array.from({ length: logicalCpus || 1 }, (_, cpu) => cpu);
  return (line === undefined ? null : parseCpuList(line)) ?? all;
}

/** The CPUs of the core that a CPU belongs to, itself included; itself alone where the kernel does not tell. */
export function coreSiblings(tree: KernelTree, cpu: number): number[] {
  const text = tree.text(`/sys/devices/system/cpu/cpu${cpu}/topology/thread_siblings_list`);
  return parseCpuList(text ?? '') ?? [cpu];
}

export function distribution(tree: KernelTree, host: Host): string {
  return /^PRETTY_NAME="?([^"\n]+)"?$/m.exec(tree.text('/etc/os-release') ?? '')?.[1] ?? host.osType;
}

export function smtActive(tree: KernelTree): boolean | null {
  const active = tree.text('/sys/devices/system/cpu/smt/active');
  return active === null ? null : active === '1';
}

/** Name of the hypervisor, `unknown` where it hides it, null on bare metal and where nothing tells. */
export function hypervisor(tree: KernelTree): string | null {
  const vendor = tree.text('/sys/class/dmi/id/sys_vendor') ?? tree.text('/sys/hypervisor/type');
  const flagged = /^flags\s*:.*\bhypervisor\b/m.test(tree.text('/proc/cpuinfo') ?? '');
  return flagged ? (vendor ?? 'unknown') : null;
}

/** The governor of each CPU that has one, without repeats. */
export function governors(tree: KernelTree): string[] {
  const found = tree
    .list('/sys/devices/system/cpu')
    .filter((name) => /^cpu\d+$/.test(name))
    .map((name) => tree.text(`/sys/devices/system/cpu/${name}/cpufreq/scaling_governor`))
    .filter((governor) => governor !== null);
  return [...new Set(found)].toSorted();
}

export function cgroupVersion(tree: KernelTree): Environment['cgroup'] {
  const mounts = tree.text('/proc/self/mounts') ?? '';
  const v1 = / cgroup \S*\b(cpuacct|memory)\b/.test(mounts);
  const v2 = / cgroup2 /.test(mounts);
  if (v1) return v2 ? 'hybrid' : 'v1';
  return v2 ? 'v2' : 'none';
}

/**
 * The tightest CPU quota over our control group and those above it, in cores (v2 `cpu.max`, v1 `cpu.cfs_quota_us`);
 * null without one. The root of the mount counts too: in a container it is the container's own group.
 */
export function cpuQuotaCores(tree: KernelTree): number | null {
  const groups = tree.text('/proc/self/cgroup') ?? '';
  const v2 = ancestry(/^0::(\/.*)$/m.exec(groups)?.[1]).map((group) =>
    quotaOf(tree.text(`/sys/fs/cgroup${group}/cpu.max`)?.split(' ')),
  );
  const v1 = ancestry(/^\d+:(?:[^:]*,)?cpu(?:,[^:]*)?:(\/.*)$/m.exec(groups)?.[1]).map((group) => {
    const folder = `/sys/fs/cgroup/cpu${group}`;
    return quotaOf([
      tree.text(`${folder}/cpu.cfs_quota_us`) ?? '',
      tree.text(`${folder}/cpu.cfs_period_us`) ?? '',
    ]);
  });
  const quotas = [...v2, ...v1].filter((quota) => quota !== null);
  return quotas.length === 0 ? null : Math.min(...quotas);
}

/** `/a/b` -> ``, `/a`, `/a/b`. */
function ancestry(group = '/'): string[] {
  const parts = group.split('/').filter((part) => part !== '' && part !== '..');
  return ['', ...parts.map((_, depth) => `/${parts.slice(0, depth + 1).join('/')}`)];
}

function quotaOf(pair: readonly string[] = []): number | null {
  const [quota, period] = pair.map(Number);
  return quota !== undefined && period !== undefined && quota > 0 && period > 0 ? quota / period : null;
}

/** Soft limit on open files; `unlimited` is Infinity. */
export function openFilesLimit(tree: KernelTree): number | null {
  const soft = /^Max open files\s+(\d+|unlimited)/m.exec(tree.text('/proc/self/limits') ?? '')?.[1];
  if (soft === undefined) return null;
  return soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft);
}

/** CPU numbers as the kernel writes them: `0-3,8`. */
export function formatCpuList(cpus: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const cpu of cpus.toSorted((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last !== undefined && cpu === last[1] + 1) last[1] = cpu;
    else runs.push([cpu, cpu]);
  }
  return runs.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
}
