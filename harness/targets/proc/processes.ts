import { readdirSync, readFileSync } from 'node:fs';

/** A process as /proc/<pid>/stat shows it. */
export interface ProcessInfo {
  pid: number;
  parentPid: number;
  groupId: number;
  /** Clock ticks since boot; together with the pid it names one process for as long as the machine is up. */
  startTicks: number;
  /** A zombie has ended; it holds no port, no memory and no CPU. */
  zombie: boolean;
}

/** Null where the process is gone, or where the system has no /proc. */
export function readProcess(pid: number): ProcessInfo | null {
  const stat = readProcText(`${pid}/stat`);
  if (stat === null) return null;
  // The command may hold spaces and parentheses: fields are counted after its last closing one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return {
    pid,
    zombie: fields[0] === 'Z' || fields[0] === 'X',
    parentPid: Number(fields[1]),
    groupId: Number(fields[2]),
    startTicks: Number(fields[19]),
  };
}

/** Every process of the machine that has not ended; empty where the system has no /proc. */
export function liveProcesses(): ProcessInfo[] {
  return processIds().flatMap((pid) => {
    const info = readProcess(pid);
    return info === null || info.zombie ? [] : [info];
  });
}

export function processIds(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** The environment that a process was started with; empty where it is gone or belongs to another user. */
export function environmentOf(pid: number): ReadonlyMap<string, string> {
  const entries = (readProcText(`${pid}/environ`) ?? '').split('\0');
  return new Map(
    entries.flatMap((entry): [string, string][] => {
      const at = entry.indexOf('=');
      return at < 1 ? [] : [[entry.slice(0, at), entry.slice(at + 1)]];
    }),
  );
}

/** The command line of a process on one line of at most 120 characters, for messages. */
export function commandOf(pid: number): string {
  const line = (readProcText(`${pid}/cmdline`) ?? '').replaceAll('\0', ' ').trim();
  return line.replace(/[^\x20-\x7e]/g, '?').slice(0, 120) || 'unknown command';
}

/** True where the cgroup path of a process holds the given id, as a container's does. */
export function cgroupHolds(pid: number, id: string): boolean {
  return (readProcText(`${pid}/cgroup`) ?? '').includes(id);
}

/** A file below /proc; null where it cannot be read, which is how a process says that it has ended. */
export function readProcText(path: string): string | null {
  try {
    return readFileSync(`/proc/${path}`, 'utf8');
  } catch {
    return null;
  }
}
