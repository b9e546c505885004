import { type Clock, systemClock } from '../../base/clock.ts';
import { HarnessError } from '../../base/errors.ts';
import { watchActivity } from './activity.ts';
import { type Check, type Finding, type MachineView, warningOf } from './check.ts';
import { type KernelTree, kernelTree } from './kernel-tree.ts';
import { type Host, thisHost } from './machine-facts.ts';
import type { ToolAnswers } from './tools.ts';

/** Twenty ticks of the kernel's CPU accounting. */
const WATCH_MS = 200;

/** Where the machine is read from; tests hand in a tree of files. */
export interface MachineSource {
  tree: KernelTree;
  host: Host;
  clock: Clock;
}

export function thisMachine(): MachineSource {
  return { tree: kernelTree(), host: thisHost(), clock: systemClock };
}

/** What the checks found, and of that what warns and what makes the machine unfit, one sentence each. */
export interface FitnessReport {
  findings: Finding[];
  /** Also what is unfit. */
  warnings: string[];
  unfit: string[];
}

/** Watches the machine for 200 ms, then asks for its tools: in this order, or the asking would be measured. */
export async function viewMachine(
  { tree, host, clock }: MachineSource,
  askForTools: () => Promise<ToolAnswers>,
): Promise<MachineView> {
  const activity = await watchActivity(tree, clock, WATCH_MS, host.pid);
  return { tree, host, activity, tools: await askForTools() };
}

/** Judges a machine by each of the checks. Pure but for small files of the kernel that the checks read; never throws. */
export function examine(checks: readonly Check[], view: MachineView): FitnessReport {
  const findings = checks.map((check) => check.examine(view));
  const unfit = findings.filter(({ status }) => status === 'unfit').map(warningOf);
  const rest = findings.filter(({ status }) => status === 'warn').map(warningOf);
  return { findings, warnings: [...unfit, ...rest], unfit };
}

/** The verdict of `doctor`, which `run --strict` goes by. */
export type Fitness = { kind: 'fit' } | { kind: 'unfit'; refusal: HarnessError };

/**
 * Unfit where figures would move by chance, with an error that names every cause and ends in exit code 4. What bends all
 * figures alike, as being a virtual machine does, only warns: trials on the same machine can still be compared.
 */
export function fitness({ unfit }: Pick<FitnessReport, 'unfit'>): Fitness {
  if (unfit.length === 0) return { kind: 'fit' };
  const list = unfit.map((sentence) => `\n  - ${sentence.replace(/^Unfit: /, '')}`).join('');
  const refusal = new HarnessError('PREFLIGHT', `--strict: this machine is not fit to measure${list}`, {
    fix: '`httpdyno doctor` shows the command that changes each; without --strict they only warn',
  });
  return { kind: 'unfit', refusal };
}
