import type { CpuLayout } from '../model/session.ts';

/**
 * Splits the CPUs that we may use into disjoint halves: the upper half for the target, the lower for driver and harness,
 * where interrupts tend to land too. Hyper-threads of one core stay on one side, as long as there are two cores to part.
 * With one CPU both share it, and every trial says so. `siblingsOf` gives the CPUs of the core that a CPU belongs to.
 */
export function layoutCpus(
  allowed: readonly number[],
  siblingsOf: (cpu: number) => readonly number[] = (cpu) => [cpu],
): CpuLayout {
  const sorted = allowed.toSorted((a, b) => a - b);
  if (sorted.length < 2) return { target: sorted, driver: sorted, disjoint: false };
  const cores = coresOf(sorted, siblingsOf);
  const parts = cores.length > 1 ? cores : sorted.map((cpu) => [cpu]);
  const driverParts = Math.floor(parts.length / 2);
  const cpusOf = (some: readonly (readonly number[])[]): number[] => some.flat().toSorted((a, b) => a - b);
  return {
    driver: cpusOf(parts.slice(0, driverParts)),
    target: cpusOf(parts.slice(driverParts)),
    disjoint: true,
  };
}

/** The allowed CPUs by core, in order of the lowest CPU of each. */
function coresOf(sorted: readonly number[], siblingsOf: (cpu: number) => readonly number[]): number[][] {
  const cores = new Map<number, number[]>();
  for (const cpu of sorted) {
    const first = Math.min(cpu, ...siblingsOf(cpu));
    cores.set(first, [...(cores.get(first) ?? []), cpu]);
  }
  return [...cores.values()];
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
