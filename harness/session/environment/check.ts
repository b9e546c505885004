import type { Activity } from './activity.ts';
import type { KernelTree } from './kernel-tree.ts';
import type { Host } from './machine-facts.ts';
import type { ToolAnswers } from './tools.ts';

/** Everything that a check may look at. */
export interface MachineView {
  tree: KernelTree;
  host: Host;
  activity: Activity;
  tools: ToolAnswers;
}

/**
 * A line of the report. `warn` limits what figures may be compared with, `unfit` moves them by chance while they are
 * measured; `unknown` is what this system does not tell: neither good nor bad.
 */
export interface Finding {
  id: string;
  group: CheckGroup;
  title: string;
  status: 'ok' | 'warn' | 'unfit' | 'unknown';
  /** What was seen, in few words. */
  value: string;
  /** Why it matters, one clause. */
  why: string;
  /** The command or the page that changes it; only where it should be changed. */
  fix: string | null;
}

export type CheckGroup = 'processor' | 'load now' | 'kernel' | 'network' | 'tools';

export type Judgement = { value: string } | { value: string; fix: string };

interface CheckDefinition<Reading> {
  id: string;
  group: CheckGroup;
  title: string;
  why: string;
  /** Null where this system does not tell. */
  read(view: MachineView): Reading | null;
  /** Pure. A judgement with a fix is a warning. */
  judge(reading: Reading): Judgement;
  /** What to say where there is no reading. */
  untold?: string;
  /** Where a warning says that figures move by chance; else what warns bends all figures of the machine alike. */
  unfit?: { when: string; if?(reading: Reading): boolean };
}

/** One property of the machine, ready to be examined. */
export interface Check {
  id: string;
  title: string;
  why: string;
  /** When its warning makes the machine unfit; null where it only warns. */
  unfitWhen: string | null;
  examine(view: MachineView): Finding;
}

/** Ties a reading to its judgement, so that the registry can hold checks of any reading. */
export function defineCheck<Reading>(definition: CheckDefinition<Reading>): Check {
  const { id, group, title, why, unfit } = definition;
  return {
    id,
    title,
    why,
    unfitWhen: unfit?.when ?? null,
    examine: (view) => {
      const reading = definition.read(view);
      if (reading === null) {
        const value = definition.untold ?? 'not told by this system';
        return { id, group, title, status: 'unknown', value, why, fix: null };
      }
      const judgement = definition.judge(reading);
      const fix = 'fix' in judgement ? judgement.fix : null;
      const warned = unfit !== undefined && (unfit.if?.(reading) ?? true) ? 'unfit' : 'warn';
      return { id, group, title, status: fix === null ? 'ok' : warned, value: judgement.value, why, fix };
    },
  };
}

/** A warning as a sentence that stands by itself in a report: `Unfit: CPU governor: powersave (clock rates follow the load).` */
export function warningOf({ title, value, why, status }: Finding): string {
  const what = `${title.charAt(0).toUpperCase()}${title.slice(1)}: ${value} (${why}).`;
  return status === 'unfit' ? `Unfit: ${what}` : what;
}
