import { type Clock, systemClock } from '../base/clock.ts';
import type { MonitorFactory } from '../model/ports.ts';
import type { ResourceScope } from '../model/target.ts';
import type { Accounting, AccountingSource } from './accounting.ts';
import { cgroup } from './cgroup.ts';
import { type KernelFiles, kernelFiles } from './kernel/kernel-files.ts';
import { pressureAvg10 } from './kernel/machine.ts';
import { attempt, toReading } from './kernel/readable.ts';
import { procTree } from './proc-tree.ts';
import { unaccountable } from './unaccountable.ts';
import { observe } from './window/observe.ts';

export { readNoise } from './noise.ts';

/** Ways to account for a target, best first. */
const SOURCES: readonly AccountingSource[] = [cgroup, procTree];

export interface MonitorOptions {
  clock?: Clock;
  /** Where `/proc` and `/sys` are looked for; `/` except in tests. */
  fsRoot?: string;
}

/** Monitors of CPU and memory by the kernel's own counters. What cannot be read is missing with its reason, never 0. */
export function createMonitorFactory({
  clock = systemClock,
  fsRoot = '/',
}: MonitorOptions = {}): MonitorFactory {
  const files = kernelFiles(fsRoot);
  return {
    open: async ({ scope }) => {
      const pressureBefore = toReading(pressureAvg10(files));
      return {
        observe: (window, signal) =>
          observe(
            { clock, files, pid: leaderOf(scope), pressureBefore, ...openAccounting(files, scope) },
            window,
            signal,
          ),
      };
    },
  };
}

function leaderOf(scope: ResourceScope): number {
  return scope.kind === 'container' ? scope.initPid : scope.leaderPid;
}

/** The first source that can account for the target, and what to say where better ones refused. */
function openAccounting(
  files: KernelFiles,
  scope: ResourceScope,
): { accounting: Accounting; notes: readonly string[] } {
  const refusals: string[] = [];
  for (const source of SOURCES) {
    const opened = attempt(() => source.open(files, scope));
    // That a plain process is read from its tree is the rule, and worth no note.
    if (opened.ok) return { accounting: opened.value, notes: scope.kind === 'container' ? refusals : [] };
    refusals.push(`${source.id}: ${opened.reason}`);
  }
  return { accounting: unaccountable(refusals.join('; ')), notes: [] };
}
