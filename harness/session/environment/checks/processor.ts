import { formatNumber } from '../../../base/units.ts';
import { layoutCpus, parseCpuList } from '../../cpu-layout.ts';
import { type Check, defineCheck, type MachineView } from '../check.ts';
import {
  coreSiblings,
  cpuQuotaCores,
  formatCpuList,
  governors,
  hypervisor,
  smtActive,
  usableCpus,
} from '../machine-facts.ts';

const CPU = '/sys/devices/system/cpu';

function usable({ tree, host }: MachineView): number[] {
  return usableCpus(tree, host.logicalCpus);
}

const cpus = defineCheck({
  id: 'cpus',
  group: 'processor',
  title: 'CPUs',
  why: 'target and driver need CPUs of their own',
  unfit: { when: 'fewer than 2 are allowed: driver and target take turns' },
  read: (view) => {
    if (view.tree.text(`${CPU}/online`) === null) return null;
    const allowed = usable(view);
    const cores = new Set(allowed.map((cpu) => coreSiblings(view.tree, cpu)[0]));
    const packages = allowed.map((cpu) => view.tree.text(`${CPU}/cpu${cpu}/topology/physical_package_id`));
    return { allowed, cores: cores.size, sockets: new Set(packages).size, all: view.host.logicalCpus };
  },
  judge: ({ allowed, cores, sockets, all }) => {
    const count = allowed.length < all ? `${allowed.length} of ${all}` : `${allowed.length}`;
    const value = `${count} (${counted(cores, 'core')}, ${counted(sockets, 'socket')})`;
    const fix = 'measure where at least 2 CPUs are allowed (taskset -p $$ shows what is)';
    return allowed.length < 2 ? { value, fix } : { value };
  },
});

const quota = defineCheck({
  id: 'cpu-quota',
  group: 'processor',
  title: 'CPU quota',
  why: 'a quota stops everything until its next period',
  unfit: { when: 'there is one: its pauses fall on some trials and not on others' },
  read: ({ tree }) => (tree.text('/proc/self/cgroup') === null ? null : { cores: cpuQuotaCores(tree) }),
  judge: ({ cores }) =>
    cores === null
      ? { value: 'none' }
      : {
          value: counted(Number(formatNumber(cores)), 'core'),
          fix: 'give whole CPUs instead: docker run --cpuset-cpus 0-3 …, systemd AllowedCPUs=0-3',
        },
});

const smt = defineCheck({
  id: 'smt',
  group: 'processor',
  title: 'SMT',
  why: 'threads of a core slow each other down',
  unfit: { when: 'driver and target share a core', if: ({ torn }) => torn.length > 0 },
  read: (view) => {
    const active = smtActive(view.tree);
    if (active === null) return null;
    const { driver, target, disjoint } = layoutCpus(usable(view), (cpu) => coreSiblings(view.tree, cpu));
    const torn = target.filter((cpu) => coreSiblings(view.tree, cpu).some((other) => driver.includes(other)));
    return { active, torn: disjoint ? torn : [] };
  },
  judge: ({ active, torn }) => {
    if (!active) return { value: 'off' };
    const value = torn.length === 0 ? 'on' : 'on: driver and target share cores';
    return { value, fix: `echo off | sudo tee ${CPU}/smt/control` };
  },
});

const virtual = defineCheck({
  id: 'virtual-machine',
  group: 'processor',
  title: 'virtual machine',
  why: 'unseen neighbours can take CPU time',
  // Only x86 has a flag for it; elsewhere its absence says nothing.
  read: ({ tree }) =>
    /^flags\s*:/m.test(tree.text('/proc/cpuinfo') ?? '') ? { name: hypervisor(tree) } : null,
  judge: ({ name }) =>
    name === null
      ? { value: 'no' }
      : {
          value: name === 'unknown' ? 'yes' : `yes, ${name}`,
          fix: 'use bare metal or dedicated CPUs, else trust ratios of one session, not absolute figures',
        },
});

const governor = defineCheck({
  id: 'governor',
  group: 'processor',
  title: 'CPU governor',
  why: 'clock rates follow the load',
  unfit: { when: 'it is another than performance: a lighter load then costs more per request' },
  untold: 'not told (usual in a VM)',
  read: ({ tree }) => {
    const found = governors(tree);
    return found.length === 0 ? null : found;
  },
  judge: (found) => {
    const value = found.join(', ');
    return value === 'performance' ? { value } : { value, fix: 'sudo cpupower frequency-set -g performance' };
  },
});

const TURBO_SWITCHES = [
  { file: `${CPU}/intel_pstate/no_turbo`, on: 0 },
  { file: `${CPU}/cpufreq/boost`, on: 1 },
] as const;

const turbo = defineCheck({
  id: 'turbo',
  group: 'processor',
  title: 'turbo',
  why: 'clock rates follow heat and load',
  untold: 'not told (usual in a VM)',
  read: ({ tree }) => {
    const found = TURBO_SWITCHES.find(({ file }) => tree.integer(file) !== null);
    return found === undefined ? null : { ...found, active: tree.integer(found.file) === found.on };
  },
  judge: ({ active, file, on }) =>
    active ? { value: 'on', fix: `echo ${1 - on} | sudo tee ${file}` } : { value: 'off' },
});

const isolated = defineCheck({
  id: 'isolated-cpus',
  group: 'processor',
  title: 'isolated CPUs',
  why: 'the kernel spreads no threads over them',
  unfit: { when: 'a target would get several: all its threads stay on one' },
  read: (view) => {
    const text = view.tree.text(`${CPU}/isolated`);
    if (text === null) return null;
    const set = text === '' ? [] : (parseCpuList(text) ?? []);
    const { target } = layoutCpus(usable(view), (cpu) => coreSiblings(view.tree, cpu));
    const allowed = usable(view).filter((cpu) => !set.includes(cpu));
    return { set, inTarget: target.filter((cpu) => set.includes(cpu)), allowed };
  },
  judge: ({ set, inTarget, allowed }) => {
    if (set.length === 0) return { value: 'none' };
    const value = formatCpuList(set);
    if (inTarget.length < 2) return { value: `${value}, harmless` };
    const fix = `taskset -c ${formatCpuList(allowed)} npm run bench`;
    return allowed.length < 2
      ? { value: `${value}, the target's`, fix: 'boot without isolcpus=' }
      : { value: `${value}, the target's`, fix };
  },
});

const numa = defineCheck({
  id: 'numa',
  group: 'processor',
  title: 'NUMA nodes',
  why: 'memory of another node is slower, by chance',
  read: (view) => {
    const nodes = parseCpuList(view.tree.text('/sys/devices/system/node/online') ?? '');
    if (nodes === null) return null;
    const allowed = new Set(usable(view));
    const ours = nodes.filter((node) =>
      (parseCpuList(view.tree.text(`/sys/devices/system/node/node${node}/cpulist`) ?? '') ?? []).some((cpu) =>
        allowed.has(cpu),
      ),
    );
    return { nodes: nodes.length, ours };
  },
  judge: ({ nodes, ours }) => {
    if (ours.length < 2) return { value: nodes === 1 ? '1' : `${nodes}, ours are on 1` };
    const fix = `numactl --cpunodebind=${ours[0]} --membind=${ours[0]} npm run bench`;
    return { value: `${nodes}, ours span ${ours.length}`, fix };
  },
});

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

export const PROCESSOR_CHECKS: readonly Check[] = [
  cpus,
  quota,
  smt,
  virtual,
  governor,
  turbo,
  isolated,
  numa,
];
