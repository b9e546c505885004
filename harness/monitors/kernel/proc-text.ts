import { Unreadable } from './readable.ts';

/** USER_HZ, the unit of `/proc/<pid>/stat` and `/proc/stat`: 100 on every Linux that Node runs on, whatever CONFIG_HZ is. */
export const TICK_NS = 10_000_000;

/** The fields of `/proc/<pid>/stat` that matter here (proc_pid_stat(5)); CPU times in ticks. */
export interface ProcessStat {
  pid: number;
  state: string;
  parentPid: number;
  groupId: number;
  sessionId: number;
  /** Of the whole process, threads that have ended included. */
  userTicks: number;
  systemTicks: number;
  /** Of descendants that have ended and were waited for. */
  childUserTicks: number;
  childSystemTicks: number;
  threads: number;
  startTicks: number;
}

export function parseProcessStat(text: string): ProcessStat {
  // The command stands in parentheses and may itself hold blanks and parentheses.
  const commandEnd = text.lastIndexOf(')');
  const fields = text.slice(commandEnd + 2).split(' ');
  const field = (number: number): number => Number(fields[number - 3]);
  const stat = {
    pid: Number.parseInt(text, 10),
    state: fields[0] ?? '',
    parentPid: field(4),
    groupId: field(5),
    sessionId: field(6),
    userTicks: field(14),
    systemTicks: field(15),
    childUserTicks: field(16),
    childSystemTicks: field(17),
    threads: field(20),
    startTicks: field(22),
  };
  if (commandEnd < 0 || !Number.isFinite(stat.startTicks))
    throw new Unreadable('/proc/<pid>/stat is cut off');
  return stat;
}

/** True for a process that has ended and waits for its parent to notice. */
export function hasEnded({ state }: ProcessStat): boolean {
  return state === 'Z' || state === 'X' || state === 'x';
}

/** CPU time of one thread in ns: the first field of its `schedstat`. */
export function parseSchedstatNs(text: string): number {
  return Number.parseInt(text, 10);
}

/** The number after a name in files of `name value` or `name: value kB` lines, or null. */
export function keyedNumber(text: string, name: string): number | null {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    if (at > 0 && text[at - 1] !== '\n') continue;
    const match = /^:?[ \t]+(\d+)/.exec(text.slice(at + name.length, at + name.length + 40));
    if (match?.[1] !== undefined) return Number(match[1]);
  }
  return null;
}

/** Like `keyedNumber`, where the file is of no use without it. */
export function requiredNumber(text: string, name: string, path: string): number {
  const value = keyedNumber(text, name);
  if (value === null) throw new Unreadable(`${path} has no ${name}`);
  return value;
}

/** The `some` line of a pressure file: average over 10 s in percent, and total stalled time in µs. */
export function parsePressure(text: string): { avg10: number; totalUs: number } {
  const match = /^some avg10=([\d.]+) .*total=(\d+)/m.exec(text);
  if (match === null) throw new Unreadable('the pressure file has no "some" line');
  return { avg10: Number(match[1]), totalUs: Number(match[2]) };
}

/** CPU time of the whole machine since boot, in ticks: the first line of `/proc/stat`. */
export function parseMachineTicks(text: string): { busy: number; steal: number; total: number } {
  const [name, ...rest] = text.slice(0, Math.max(0, text.indexOf('\n'))).split(/\s+/);
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] =
    rest.map(Number);
  if (name !== 'cpu') throw new Unreadable('/proc/stat has no cpu line');
  const busy = user + nice + system + irq + softirq;
  return { busy, steal, total: busy + steal + idle + iowait };
}
