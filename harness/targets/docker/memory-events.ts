import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatBytes } from '../../base/units.ts';
import { readProcText } from '../proc/processes.ts';

const CGROUP_ROOT = '/sys/fs/cgroup';

/** Processes of a cgroup that the kernel has killed for lack of memory, and what it used at most. */
export interface MemoryEvents {
  oomKills: number;
  limitBytes: number | null;
  peakBytes: number | null;
}

/** The folder of a process' memory cgroup, by version; null where it cannot be found. */
export function memoryCgroup(pid: number): string | null {
  for (const line of (readProcText(`${pid}/cgroup`) ?? '').split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (controllers?.split(',').includes('memory')) return join(CGROUP_ROOT, 'memory', path ?? '');
  }
  const [, unified] = /^0::(\/.*)$/m.exec(readProcText(`${pid}/cgroup`) ?? '') ?? [];
  return unified === undefined ? null : join(CGROUP_ROOT, unified);
}

/** Null where the cgroup is gone; it goes with its container. */
export function readMemoryEvents(cgroup: string): MemoryEvents | null {
  const events = readText(cgroup, 'memory.oom_control') ?? readText(cgroup, 'memory.events');
  const oomKills = /^oom_kill (\d+)$/m.exec(events ?? '')?.[1];
  if (oomKills === undefined) return null;
  return {
    oomKills: Number(oomKills),
    limitBytes: readNumber(cgroup, 'memory.limit_in_bytes') ?? readNumber(cgroup, 'memory.max'),
    peakBytes: readNumber(cgroup, 'memory.max_usage_in_bytes') ?? readNumber(cgroup, 'memory.peak'),
  };
}

/** A log line for a person. */
export function describeMemoryEvents({ oomKills, limitBytes, peakBytes }: MemoryEvents): string {
  return `[httpdyno] out of memory: ${oomKills} killed by the kernel, limit ${shown(limitBytes)}, peak ${shown(peakBytes)}\n`;
}

function shown(bytes: number | null): string {
  return bytes === null ? 'unknown' : formatBytes(bytes);
}

function readText(folder: string, file: string): string | null {
  try {
    return readFileSync(join(folder, file), 'utf8');
  } catch {
    return null;
  }
}

function readNumber(folder: string, file: string): number | null {
  const text = readText(folder, file)?.trim() ?? '';
  return /^\d+$/.test(text) ? Number(text) : null;
}
