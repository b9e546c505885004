import type { Clock } from '../../../harness/base/clock.ts';
import type { MachineSource } from '../../../harness/session/environment/examine.ts';
import { kernelTree } from '../../../harness/session/environment/kernel-tree.ts';
import type { Host } from '../../../harness/session/environment/machine-facts.ts';
import { scratchFolder } from '../../support/cli.ts';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Files of a machine by their absolute path. */
export type Files = Readonly<Record<string, string>>;

export const OWN_PID = 1_000;

const host: Host = {
  architecture: 'x64',
  kernel: '6.8.0-45-generic',
  osType: 'Linux',
  cpuModel: 'Test CPU',
  logicalCpus: 4,
  memoryBytes: 8 * 2 ** 30,
  node: 'v24.1.0',
  pid: OWN_PID,
};

/** Writes files under a root. */
export function writeFiles(root: string, files: Files): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.join(root, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(root, file), `${text}\n`);
  }
}

/** A machine that is made of files alone; sleeping on it replaces what `later` names. Each sleep takes exactly its time. */
export function fixtureMachine(
  files: Files,
  options: { later?: Files; host?: Partial<Host> } = {},
): MachineSource {
  const root = scratchFolder();
  writeFiles(root, files);
  let nowUs = 0;
  const clock: Clock = {
    monotonicUs: () => nowUs,
    wallMs: () => nowUs / 1_000,
    sleep: async (ms) => {
      nowUs += ms * 1_000;
      writeFiles(root, options.later ?? {});
    },
  };
  return { tree: kernelTree(root), host: { ...host, ...options.host }, clock };
}

/** `/proc/<pid>/stat` of a process that has used some ticks since it started. */
export function processStat(pid: number, name: string, ticks: number, startTicks = 500): string {
  return `${pid} (${name}) S 1 ${pid} ${pid} 0 -1 4194560 0 0 0 0 ${ticks} 0 0 0 20 0 1 0 ${startTicks} 0 0`;
}

/** `/proc/stat` with the given ticks of the whole machine. */
export function machineStat(ticks: { user: number; idle: number; steal?: number }): string {
  return `cpu  ${ticks.user} 0 0 ${ticks.idle} 0 0 0 ${ticks.steal ?? 0} 0 0\ncpu0 1 0 0 1 0 0 0 0 0 0`;
}

const CPU = '/sys/devices/system/cpu';

/** Topology of CPUs, each given with the hardware threads of its core. */
function topology(siblings: readonly string[], governor: string | null): Files {
  return Object.fromEntries(
    siblings.flatMap((list, cpu) => [
      [`${CPU}/cpu${cpu}/topology/thread_siblings_list`, list],
      [`${CPU}/cpu${cpu}/topology/physical_package_id`, '0'],
      ...(governor === null ? [] : [[`${CPU}/cpu${cpu}/cpufreq/scaling_governor`, governor]]),
    ]),
  );
}

/** A quiet server on bare metal on which nothing is to be complained of. */
export const TUNED_SERVER: Files = {
  ...topology(['0', '1', '2', '3'], 'performance'),
  [`${CPU}/online`]: '0-3',
  [`${CPU}/smt/active`]: '0',
  [`${CPU}/isolated`]: '',
  [`${CPU}/intel_pstate/no_turbo`]: '1',
  '/sys/devices/system/node/online': '0',
  '/sys/devices/system/node/node0/cpulist': '0-3',
  '/sys/devices/system/clocksource/clocksource0/current_clocksource': 'tsc',
  '/sys/devices/system/clocksource/clocksource0/available_clocksource': 'tsc hpet acpi_pm',
  '/sys/kernel/mm/transparent_hugepage/enabled': 'always [madvise] never',
  '/etc/os-release': 'NAME="Test"\nPRETTY_NAME="Test Linux 1"',
  '/proc/cpuinfo': 'model name\t: Test CPU\nflags\t\t: fpu tsc',
  '/proc/interrupts': '     CPU0 CPU1 CPU2 CPU3\n 24: 10 0 0 5 IO-APIC eth0\nLOC: 99 99 99 99 timers',
  '/proc/pressure/cpu': 'some avg10=0.50 avg60=0.00 avg300=0.00 total=1000',
  '/proc/stat': machineStat({ user: 100, idle: 1_000 }),
  '/proc/self/cgroup': '0::/user.slice',
  '/proc/self/limits':
    'Limit  Soft  Hard  Units\nMax open files            65536                65536                files',
  '/proc/self/mounts': 'cgroup2 /sys/fs/cgroup cgroup2 rw 0 0',
  '/proc/self/status': 'Name:\tnode\nCpus_allowed_list:\t0-3',
  '/proc/sys/net/core/somaxconn': '4096',
  '/proc/sys/net/ipv4/ip_local_port_range': '32768\t60999',
  '/proc/sys/net/ipv4/tcp_congestion_control': 'cubic',
  '/proc/sys/net/ipv4/tcp_fastopen': '1',
};

/** 200 ms after `TUNED_SERVER`, in which next to nothing happened. */
export const QUIET: Files = {
  '/proc/stat': machineStat({ user: 101, idle: 1_079 }),
  '/proc/pressure/cpu': 'some avg10=0.50 avg60=0.00 avg300=0.00 total=3000',
};

/** As it comes out of the box: powersave, turbo, hardware threads, huge pages. */
export const LAPTOP: Files = {
  ...TUNED_SERVER,
  ...topology(['0,2', '1,3', '0,2', '1,3'], 'powersave'),
  [`${CPU}/smt/active`]: '1',
  [`${CPU}/intel_pstate/no_turbo`]: '0',
  '/sys/kernel/mm/transparent_hugepage/enabled': '[always] madvise never',
  '/proc/self/limits': 'Max open files            1024                 1024                 files',
};

/** A VM with control groups of version 1, whose group has a quota, on an old kernel without PSI. */
export const V1_VM: Files = {
  '/proc/cpuinfo': 'model name\t: Test CPU\nflags\t\t: fpu tsc hypervisor',
  '/sys/class/dmi/id/sys_vendor': 'QEMU',
  [`${CPU}/online`]: '0-1',
  '/proc/self/status': 'Cpus_allowed_list:\t0-1',
  '/proc/self/mounts':
    'cgroup /sys/fs/cgroup/cpu cgroup rw,cpu,cpuacct 0 0\ncgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0',
  '/proc/self/cgroup': '5:memory:/box\n4:cpu,cpuacct:/box/inner',
  '/sys/fs/cgroup/cpu/box/cpu.cfs_quota_us': '150000',
  '/sys/fs/cgroup/cpu/box/cpu.cfs_period_us': '100000',
  '/sys/fs/cgroup/cpu/box/inner/cpu.cfs_quota_us': '-1',
  '/sys/fs/cgroup/cpu/box/inner/cpu.cfs_period_us': '100000',
  '/proc/stat': machineStat({ user: 10, idle: 10 }),
  '/proc/sys/net/core/somaxconn': '128',
  '/sys/devices/system/clocksource/clocksource0/current_clocksource': 'acpi_pm',
  '/sys/devices/system/clocksource/clocksource0/available_clocksource': 'kvm-clock acpi_pm',
};
