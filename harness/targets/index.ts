import { type Clock, systemClock } from '../base/clock.ts';
import type { TargetProbe } from '../model/ports.ts';
import type { TargetSpec } from '../model/target.ts';
import { CONTRACT_READINESS, type ReadinessRule, waitUntilReady } from './readiness.ts';
import { runChecks } from './verify/check.ts';
import { trialChecks } from './verify/index.ts';

export { discoverTargets } from './discover.ts';
export { createProcessLauncher } from './process/launcher.ts';

export interface ProbeOptions {
  clock?: Clock;
  /** When each target counts as ready; the contract's rule unless told. */
  ruleOf?: (spec: TargetSpec) => ReadinessRule;
}

export function createProbe({
  clock = systemClock,
  ruleOf = () => CONTRACT_READINESS,
}: ProbeOptions = {}): TargetProbe {
  return {
    waitUntilReady: (target, deadlineMs, signal) =>
      waitUntilReady(target, deadlineMs, { rule: ruleOf(target.spec), clock }, signal),
    verifyScenario: (target, scenario, signal) => runChecks(trialChecks(scenario), target, clock, signal),
  };
}
