import type { Clock } from '../../base/clock.ts';
import { US_PER_S } from '../../base/units.ts';
import type { KernelTree } from './kernel-tree.ts';

/** USER_HZ: 100 on every Linux that Node runs on. */
const TICK_US = 10_000;
const TOP_PROCESSES = 3;
const NAME_LENGTH = 15;

/** What the machine did while we slept; null is what its kernel does not tell. */
export interface Activity {
  /** Share of the window in which some task waited for a CPU (PSI `some`). */
  pressureShare: number | null;
  /** The same as the kernel averages it over the last 10 s. */
  pressureShare10s: number | null;
  /** Share of CPU time that the hypervisor gave to others. */
  stealShare: number | null;
  /** CPU time of everything but this process, in cores, and its largest users that we may see. */
  foreign: { cores: number; top: { pid: number; name: string; cores: number }[] } | null;
  /** Interrupts of devices per second and CPU. */
  interruptRates: ReadonlyMap<number, number> | null;
}

interface Snapshot {
  atUs: number;
  pressure: { share10s: number; totalUs: number } | null;
  cpu: { busyTicks: number; stealTicks: number; totalTicks: number } | null;
  processes: ReadonlyMap<number, { name: string; startTicks: number; cpuTicks: number }>;
  interrupts: ReadonlyMap<number, number> | null;
}

/** Watches the machine for `windowMs` while this process does nothing; ticks are 10 ms, so that shorter than 100 ms tells little. */
export async function watchActivity(
  tree: KernelTree,
  clock: Clock,
  windowMs: number,
  ownPid: number,
): Promise<Activity> {
  const before = snapshot(tree, clock);
  await clock.sleep(windowMs);
  const activity = activityBetween(before, snapshot(tree, clock), ownPid);
  if (activity.foreign === null) return activity;
  const top = activity.foreign.top.map((user) => ({
    ...user,
    name: programName(tree, user.pid) ?? user.name,
  }));
  return { ...activity, foreign: { ...activity.foreign, top } };
}

/**
 * The base name of what was started, without arguments, which may hold secrets. The name in `stat` is that of a
 * process's first thread, and Node calls that one `MainThread` whatever it runs.
 */
function programName(tree: KernelTree, pid: number): string | null {
  const [program = ''] = (tree.text(`/proc/${pid}/cmdline`) ?? '').split(/[\0 ]/);
  const name = printable(program.slice(program.lastIndexOf('/') + 1));
  return name === '' ? null : name.slice(0, NAME_LENGTH);
}

/** Processes choose their names: nothing in them may command a terminal. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?');
}

export function snapshot(tree: KernelTree, clock: Clock): Snapshot {
  return {
    atUs: clock.monotonicUs(),
    pressure: parsePressure(tree.text('/proc/pressure/cpu')),
    cpu: parseCpuTicks(tree.text('/proc/stat')),
    processes: readProcesses(tree),
    interrupts: parseInterrupts(tree.text('/proc/interrupts')),
  };
}

export function activityBetween(before: Snapshot, after: Snapshot, ownPid: number): Activity {
  const windowUs = after.atUs - before.atUs;
  const cores = (ticks: number): number => (ticks * TICK_US) / windowUs;
  const spent = [...after.processes].map(([pid, { name, startTicks, cpuTicks }]) => {
    const earlier = before.processes.get(pid);
    // Another start time is another process under a reused pid; like any new one, all that it used is of the window.
    const spentBefore = earlier?.startTicks === startTicks ? earlier.cpuTicks : 0;
    return { pid, name, cores: cores(cpuTicks - spentBefore) };
  });
  const own = spent.find(({ pid }) => pid === ownPid)?.cores ?? 0;
  const top = spent
    .filter(({ pid, cores: used }) => pid !== ownPid && used > 0)
    .toSorted((a, b) => b.cores - a.cores || a.pid - b.pid)
    .slice(0, TOP_PROCESSES);
  const allTicks = change(before.cpu, after.cpu, ({ totalTicks }) => totalTicks);
  const busyTicks = change(before.cpu, after.cpu, ({ busyTicks: ticks }) => ticks);
  const stealTicks = change(before.cpu, after.cpu, ({ stealTicks: ticks }) => ticks);
  const pressureUs = change(before.pressure, after.pressure, ({ totalUs }) => totalUs);
  // A kernel that counts no time at all (some sandboxes) tells nothing.
  const counts = allTicks !== null && allTicks > 0;
  return {
    pressureShare: pressureUs === null ? null : Math.min(1, pressureUs / windowUs),
    pressureShare10s: after.pressure?.share10s ?? null,
    stealShare: counts && stealTicks !== null ? stealTicks / allTicks : null,
    foreign: counts && busyTicks !== null ? { cores: Math.max(0, cores(busyTicks) - own), top } : null,
    interruptRates: rates(before.interrupts, after.interrupts, windowUs),
  };
}

function change<T>(before: T | null, after: T | null, of: (value: T) => number): number | null {
  return before === null || after === null ? null : Math.max(0, of(after) - of(before));
}

function rates(before: Snapshot['interrupts'], after: Snapshot['interrupts'], windowUs: number) {
  if (before === null || after === null) return null;
  return new Map([...after].map(([cpu, n]) => [cpu, ((n - (before.get(cpu) ?? n)) * US_PER_S) / windowUs]));
}

function parsePressure(text: string | null): Snapshot['pressure'] {
  const match = /^some avg10=([\d.]+) .*total=(\d+)/m.exec(text ?? '');
  return match === null ? null : { share10s: Number(match[1]) / 100, totalUs: Number(match[2]) };
}

/** The first line of `/proc/stat` (proc_stat(5)); guest time is within user time already. */
function parseCpuTicks(text: string | null): Snapshot['cpu'] {
  const fields = /^cpu +([\d ]+)$/m
    .exec(text ?? '')?.[1]
    ?.split(' ')
    .map(Number);
  if (fields === undefined || fields.length < 4) return null;
  const [user = 0, nice = 0, system = 0, idle = 0, ioWait = 0, irq = 0, softIrq = 0, stealTicks = 0] = fields;
  const busyTicks = user + nice + system + irq + softIrq;
  return { busyTicks, stealTicks, totalTicks: busyTicks + idle + ioWait + stealTicks };
}

function readProcesses(tree: KernelTree): Snapshot['processes'] {
  const found: [number, { name: string; startTicks: number; cpuTicks: number }][] = [];
  for (const name of tree.list('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const stat = parseProcess(tree.text(`/proc/${name}/stat`) ?? '');
    if (stat !== null) found.push([Number(name), stat]);
  }
  return new Map(found);
}

/** `/proc/<pid>/stat` (proc_pid_stat(5)). The command may hold any byte, parentheses included: it ends at the last one. */
function parseProcess(text: string): { name: string; startTicks: number; cpuTicks: number } | null {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  const fields = text.slice(close + 2).split(' ');
  const [user, system, startTicks] = [fields[11], fields[12], fields[19]].map(Number);
  if (open < 0 || close < open || user === undefined || system === undefined || startTicks === undefined)
    return null;
  if (!Number.isFinite(user + system + startTicks)) return null;
  return { name: printable(text.slice(open + 1, close)), startTicks, cpuTicks: user + system };
}

/** Sums over the numbered lines of `/proc/interrupts`, which are devices; timers and calls between CPUs have names. */
function parseInterrupts(text: string | null): Snapshot['interrupts'] {
  const [head = '', ...lines] = (text ?? '').split('\n');
  const cpus = [...head.matchAll(/CPU(\d+)/g)].map(([, cpu]) => Number(cpu));
  if (cpus.length === 0) return null;
  const sums = new Map(cpus.map((cpu) => [cpu, 0]));
  for (const line of lines) {
    const [label = '', ...counts] = line.trim().split(/\s+/);
    if (!/^\d+:$/.test(label)) continue;
    for (const [column, cpu] of cpus.entries()) {
      sums.set(cpu, (sums.get(cpu) ?? 0) + (Number(counts[column]) || 0));
    }
  }
  return sums;
}
