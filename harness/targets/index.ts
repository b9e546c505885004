import { type Clock, systemClock } from '../base/clock.ts';
import type { Launcher, TargetProbe } from '../model/ports.ts';
import type { LauncherId, TargetSpec } from '../model/target.ts';
import { DockerEngine, engineSocket } from './docker/engine.ts';
import { createDockerLauncher } from './docker/launcher.ts';
import { createProcessLauncher } from './process/launcher.ts';
import { CONTRACT_READINESS, type ReadinessRule, waitUntilReady } from './readiness.ts';
import { runChecks } from './verify/check.ts';
import { trialChecks } from './verify/index.ts';

export { buildTargets } from './build.ts';
export { discoverTargets } from './discover.ts';
export { verifyTarget } from './verify/index.ts';

/** Every way to start a target; the docker one is there without an engine too, and says so when asked. */
export async function createLaunchers(clock: Clock = systemClock): Promise<Record<LauncherId, Launcher>> {
  return {
    process: createProcessLauncher({ clock }),
    docker: createDockerLauncher({ engine: new DockerEngine(await engineSocket()), clock }),
  };
}

export interface ProbeOptions {
  clock?: Clock;
  /** When each target counts as ready; the contract's rule unless told. */
  ruleOf?: (spec: TargetSpec) => ReadinessRule;
}

/** Asks running targets whether they are ready and keep their contract. */
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
