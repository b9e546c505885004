import path from 'node:path';
import { judgeTrial } from '../analysis/trial-reasons.ts';
import type { Clock } from '../base/clock.ts';
import type { Launcher, LoadDriver } from '../model/ports.ts';
import type { TargetSpec } from '../model/target.ts';
import { createMonitorFactory, readNoise } from '../monitors/index.ts';
import type { TrialPorts } from '../session/run-trial.ts';
import { createLaunchers, createProbe, discoverTargets } from '../targets/index.ts';
import type { CommandContext } from './context.ts';
import { loadDrivers } from './load-drivers.ts';

/** The one place that chooses what stands behind each port; drivers alone, for who needs no more, are in `load-drivers`. */
export interface Adapters {
  discover(): Promise<TargetSpec[]>;
  launchers: readonly Launcher[];
  processLauncher: Launcher;
  drivers: ReadonlyMap<string, LoadDriver>;
  trialPorts: Omit<TrialPorts, 'clock' | 'listener'>;
  waitForQuiet: (signal: AbortSignal) => Promise<void>;
}

export async function createAdapters(context: CommandContext): Promise<Adapters> {
  const { clock } = context;
  const launchers = await createLaunchers(clock);
  return {
    discover: async () => discoverTargets(path.join(context.project, 'servers')),
    launchers: [launchers.process, launchers.docker],
    processLauncher: launchers.process,
    drivers: loadDrivers(clock),
    trialPorts: {
      probe: createProbe({ clock }),
      monitors: createMonitorFactory({ clock }),
      judge: judgeTrial,
    },
    waitForQuiet: async (signal) => waitForQuiet(clock, signal),
  };
}

const QUIET_PRESSURE_SHARE = 0.1;
const QUIET_WATCH_MS = 500;
const QUIET_DEADLINE_MS = 15_000;

/** Waits until tasks hardly wait for CPUs, for at most 15 s; whether it helped, the next trial will tell. */
async function waitForQuiet(clock: Clock, signal: AbortSignal): Promise<void> {
  const deadlineUs = clock.monotonicUs() + QUIET_DEADLINE_MS * 1_000;
  while (clock.monotonicUs() < deadlineUs && !signal.aborted) {
    const { cpuPressureShare } = await readNoise(QUIET_WATCH_MS, { clock });
    if (cpuPressureShare.value === null || cpuPressureShare.value < QUIET_PRESSURE_SHARE) return;
  }
}
