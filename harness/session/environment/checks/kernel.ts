import { type Check, defineCheck } from '../check.ts';
import { cgroupVersion, openFilesLimit } from '../machine-facts.ts';

const CLOCKS = '/sys/devices/system/clocksource/clocksource0';
const HUGE_PAGES = '/sys/kernel/mm/transparent_hugepage/enabled';
/** Clocks that are read without entering the kernel (vDSO), a few tens of ns a read. */
const FAST_CLOCKS = /^(?:tsc|kvm-clock|hyperv_clocksource_tsc_page|arch_sys_counter)$/;
/** Enough for 1,000 connections at both ends with room for what runtimes open themselves. */
const OPEN_FILES_NEEDED = 4_096;

const cgroup = defineCheck({
  id: 'cgroup',
  group: 'kernel',
  title: 'cgroups',
  why: "count a container's CPU and memory exactly",
  read: ({ tree }) => {
    if (tree.text('/proc/self/mounts') === null) return null;
    const version = cgroupVersion(tree);
    return version === 'none' ? null : version;
  },
  judge: (version) => ({ value: version === 'hybrid' ? 'v1, with v2 beside it' : version }),
  untold: 'none: processes are counted one by one',
});

const clockSource = defineCheck({
  id: 'clock-source',
  group: 'kernel',
  title: 'clock source',
  why: 'each request reads the clock several times',
  unfit: { when: 'each read enters the kernel: the cost falls on driver and target unevenly' },
  read: ({ tree }) => {
    const current = tree.text(`${CLOCKS}/current_clocksource`);
    const available = tree.text(`${CLOCKS}/available_clocksource`)?.split(' ') ?? [];
    return current === null ? null : { current, faster: available.find((name) => FAST_CLOCKS.test(name)) };
  },
  judge: ({ current, faster }) => {
    if (FAST_CLOCKS.test(current)) return { value: current };
    const fix =
      faster === undefined
        ? 'dmesg | grep -i tsc'
        : `echo ${faster} | sudo tee /sys/devices/system/clocksource/*/current_clocksource`;
    return { value: `${current}: slow`, fix };
  },
});

const hugePages = defineCheck({
  id: 'huge-pages',
  group: 'kernel',
  title: 'huge pages (THP)',
  why: 'memory then grows in steps of 2 MiB, by chance',
  read: ({ tree }) => /\[(\w+)\]/.exec(tree.text(HUGE_PAGES) ?? '')?.[1] ?? null,
  judge: (mode) =>
    mode === 'always' ? { value: mode, fix: `echo madvise | sudo tee ${HUGE_PAGES}` } : { value: mode },
});

const openFiles = defineCheck({
  id: 'open-files',
  group: 'kernel',
  title: 'open files',
  why: 'every connection is a file at both ends',
  read: ({ tree }) => openFilesLimit(tree),
  judge: (limit) => {
    const value = Number.isFinite(limit) ? limit.toLocaleString('en-US') : 'unlimited';
    return limit < OPEN_FILES_NEEDED ? { value, fix: 'ulimit -n 65536' } : { value };
  },
});

export const KERNEL_CHECKS: readonly Check[] = [cgroup, clockSource, hugePages, openFiles];
