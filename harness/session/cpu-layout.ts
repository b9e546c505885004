import type { CpuLayout } from '../model/session.ts';

/**
 * Splits the CPUs that we may use into disjoint halves: the upper half for the target, the lower for driver and
 * harness, where interrupts tend to land too. With one CPU both share it, and every trial says so.
 */
export function layoutCpus(allowed: readonly number[]): CpuLayout {
  const sorted = allowed.toSorted((a, b) => a - b);
  if (sorted.length < 2) return { target: sorted, driver: sorted, disjoint: false };
  const driverCount = Math.floor(sorted.length / 2);
  return { driver: sorted.slice(0, driverCount), target: sorted.slice(driverCount), disjoint: true };
}

/** CPU numbers of a list as the kernel writes it (`0-3,8`), or null where it is not one. */
export function parseCpuList(text: string): number[] | null {
  const cpus = new Set<number>();
  for (const part of text.trim().split(',')) {
    const match = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(part);
    if (match?.[1] === undefined) return null;
    const first = Number(match[1]);
    const last = Number(match[2] ?? match[1]);
    if (last < first) return null;
    for (let cpu = first; cpu <= last; cpu++) cpus.add(cpu);
  }
  return [...cpus].toSorted((a, b) => a - b);
}
