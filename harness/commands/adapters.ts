import path from 'node:path';
import { judgeTrial } from '../analysis/trial-reasons.ts';
import { warmupState } from '../analysis/steady-state.ts';
import { HarnessError } from '../base/errors.ts';
import { createDrivers } from '../drivers/index.ts';
import type { Launcher, LoadDriver } from '../model/ports.ts';
import type { Scenario } from '../model/scenario.ts';
import type { TargetSpec } from '../model/target.ts';
import { createMonitorFactory } from '../monitors/index.ts';
import type { TrialPorts } from '../session/run-trial.ts';
import { createLaunchers, createProbe, discoverTargets } from '../targets/index.ts';
import type { CommandContext } from './context.ts';

/** The one place that chooses what stands behind each port. */
export interface Adapters {
  discover(): Promise<TargetSpec[]>;
  launchers: readonly Launcher[];
  drivers: ReadonlyMap<string, LoadDriver>;
  trialPorts(driver: LoadDriver): Omit<TrialPorts, 'clock' | 'listener'>;
}

export async function createAdapters(context: CommandContext): Promise<Adapters> {
  const { clock } = context;
  const launchers = await createLaunchers(clock);
  return {
    discover: async () => discoverTargets(path.join(context.project, 'servers')),
    launchers: [launchers.process, launchers.docker],
    drivers: createDrivers({
      clock,
      steadiness: warmupState,
    }),
    trialPorts: (driver) => ({
      driver,
      probe: createProbe({ clock }),
      monitors: createMonitorFactory({ clock }),
      judge: judgeTrial,
    }),
  };
}

export interface DriverChoice {
  driver: LoadDriver;
  /** One sentence for the report. */
  why: string;
}

/** The load driver that the flag names, refused where it cannot work here or cannot drive one of the scenarios. */
export async function chooseDriver(
  drivers: ReadonlyMap<string, LoadDriver>,
  wanted: string,
  scenarios: readonly Scenario[],
): Promise<DriverChoice> {
  const driver = drivers.get(wanted);
  if (driver === undefined) {
    throw new HarnessError(
      'DRIVER_UNKNOWN',
      `--driver: no "${wanted}" here (there are ${[...drivers.keys()].join(', ')})`,
    );
  }
  const obstacle = await driver.unavailable();
  if (obstacle !== null) throw new HarnessError('DRIVER_UNAVAILABLE', `--driver ${wanted}: ${obstacle}`);
  const impossible = scenarios.find((scenario) => !driver.loops.includes(scenario.loop.kind));
  if (impossible !== undefined) {
    throw new HarnessError(
      'USAGE',
      `--driver ${wanted} cannot drive an ${impossible.loop.kind} loop, which ${impossible.id} asks for`,
    );
  }
  return { driver, why: `${wanted} was asked for` };
}
