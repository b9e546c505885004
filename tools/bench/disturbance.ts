import { readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import { monotonicUs } from '../../harness/base/clock.ts';

/** PSI `some avg10` of the CPUs, in percent, from which on a part begins disturbed. */
const PRESSURE_LIMIT = 10;
/** Cores that work of others may take while a part runs. */
const FOREIGN_LIMIT = 0.2;

export interface Activity {
  atUs: number;
  /** Kernel's pressure of the CPUs, as it tells it: `some avg10=… total=…`; null where it tells none. */
  pressure: string | null;
  /** CPU time of the machine without interrupts of the network, and of this process and its children, in s. */
  busyS: number;
  ownS: number;
}

/** What else went on while a part ran. */
export interface Surroundings {
  pressureBefore: string | null;
  pressureAfter: string | null;
  /** Share of the time in which some task waited for a CPU, our own included; null where the kernel does not tell. */
  pressureShare: number | null;
  foreignCores: number;
  /** Why the figures are not to be trusted, or null. */
  disturbed: string | null;
}

export function surroundings(before: Activity, after: Activity): Surroundings {
  const elapsedUs = Math.max(1, after.atUs - before.atUs);
  const foreignS = after.busyS - before.busyS - (after.ownS - before.ownS);
  const foreignCores = Math.max(0, foreignS / (elapsedUs / 1e6));
  const waited = [pressureField(before.pressure, 'total'), pressureField(after.pressure, 'total')];
  const [firstUs, lastUs] = waited;
  const avg10 = pressureField(before.pressure, 'avg10') ?? 0;
  const causes = [
    avg10 > PRESSURE_LIMIT ? `CPU pressure was ${avg10} % before` : '',
    foreignCores > FOREIGN_LIMIT ? `others used ${foreignCores.toFixed(2)} cores` : '',
  ].filter((cause) => cause !== '');
  return {
    pressureBefore: before.pressure,
    pressureAfter: after.pressure,
    pressureShare:
      firstUs === null || lastUs === null || firstUs === undefined || lastUs === undefined
        ? null
        : (lastUs - firstUs) / elapsedUs,
    foreignCores,
    disturbed: causes.length === 0 ? null : causes.join(', '),
  };
}

/** A field of the kernel's line of pressure: `avg10` in percent, `total` in µs; null where there is none. */
export function pressureField(line: string | null, field: 'avg10' | 'total'): number | null {
  const value = new RegExp(`\\b${field}=([\\d.]+)`).exec(line ?? '')?.[1];
  return value === undefined ? null : Number(value);
}

export function readActivity(): Activity {
  const busyMs = os
    .cpus()
    .reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
  return { atUs: monotonicUs(), pressure: pressureLine(), busyS: busyMs / 1_000, ownS: ownSeconds() };
}

function pressureLine(): string | null {
  try {
    return readFileSync('/proc/pressure/cpu', 'utf8').split('\n')[0] ?? null;
  } catch {
    return null;
  }
}

/** proc(5): clock ticks are hundredths of a second. */
const TICKS_PER_S = 100;

/** CPU time of this process and its children, those that ended included, in s. */
function ownSeconds(): number {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => processTimes(Number(pid)))
    .filter(({ pid, parent }) => pid === process.pid || parent === process.pid)
    .reduce((sum, { ticks }) => sum + ticks / TICKS_PER_S, 0);
}

/** utime, stime, cutime and cstime are fields 14 to 17, the parent is field 4, counted after the name in parentheses. */
function processTimes(pid: number): { pid: number; parent: number; ticks: number } {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    return {
      pid,
      parent: fields[1] ?? 0,
      ticks: fields.slice(11, 15).reduce((sum, value) => sum + value, 0),
    };
  } catch {
    return { pid, parent: 0, ticks: 0 };
  }
}
