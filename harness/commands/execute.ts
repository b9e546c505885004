import path from 'node:path';
import { EXIT, type ExitCode, HarnessError } from '../base/errors.ts';
import { runCommand } from '../base/subprocess.ts';
import type { Launcher, SessionStore } from '../model/ports.ts';
import { isOnlyLimited } from '../model/reason.ts';
import type { CpuLayout, Session } from '../model/session.ts';
import { type LoadedScenario, runSession, type SessionInput } from '../session/run-session.ts';
import { sweepTemporaries } from '../store/atomic-write.ts';
import { readSession } from '../store/session-store.ts';
import type { Adapters } from './adapters.ts';
import type { CommandContext } from './context.ts';
import { presentSession } from './present.ts';
import { progressDisplay } from './progress.ts';

export interface Execution {
  context: CommandContext;
  session: Session;
  input: SessionInput;
  store: SessionStore;
  adapters: Adapters;
  json: boolean;
}

/** Runs what a session lacks, shows it, and writes its reports; the exit code says what came of it. */
export async function executeSession({
  context,
  session,
  input,
  store,
  adapters,
  json,
}: Execution): Promise<ExitCode> {
  const display = progressDisplay(context);
  for (const { id, why } of session.skipped) display.listen({ kind: 'skipped', targetId: id, why });
  const ports = {
    ...adapters.trialPorts,
    clock: context.clock,
    waitForQuiet: adapters.waitForQuiet,
    store,
    listener: display.listen,
  };
  const ended = await runSession(session, input, ports, context.interruption.signal);
  display.close();
  // Reports are made from the file and nothing else, so that anyone can make the same again.
  const stored = await readSession(store.folder, store.folder);
  await presentSession(context, stored, { folder: store.folder, json });
  return exitCodeOf(ended);
}

/** The scenarios of a session with the driver and ceiling that its plan names for each. */
export function loadedScenarios(session: Session, { drivers }: Adapters): Map<string, LoadedScenario> {
  return new Map(
    session.scenarios.map((scenario) => {
      const choice = session.plan.drivers.find(({ scenarioId }) => scenarioId === scenario.id);
      const driver = drivers.get(choice?.driver ?? '');
      if (choice === undefined || driver === undefined) {
        throw new HarnessError(
          'DRIVER_UNKNOWN',
          `${scenario.id} needs the driver "${choice?.driver}", which is not here`,
        );
      }
      return [scenario.id, { scenario, driver, ceilingRps: choice.ceilingRps }];
    }),
  );
}

/** 3 where a target failed or a measurement cannot be defended; figures that the driver limited are no fault of the run. */
export function exitCodeOf(session: Session): ExitCode {
  if (session.status === 'interrupted') return EXIT.interrupted;
  const faulty = session.trials.some(
    (trial) => trial.verdict !== 'valid' && !(trial.verdict === 'invalid' && isOnlyLimited(trial.reasons)),
  );
  return faulty ? EXIT.trials : EXIT.ok;
}

/** A tenth of the trials may be repeated on a busy machine: the time that a run takes stays foreseeable. */
export function repeatsMax(session: Session): number {
  return Math.floor(session.plan.trials.length / 10);
}

/** Ends what dead sessions left behind, and removes their half-written files; nothing that does not bear our label. */
export async function sweep(
  context: CommandContext,
  launchers: readonly Launcher[],
  results: string,
): Promise<void> {
  for (const launcher of launchers) {
    for (const line of await launcher.sweep()) context.err(`swept: ${line}\n`);
  }
  for (const file of await sweepTemporaries(results)) {
    context.err(`swept: ${path.relative(context.cwd, file)}\n`);
  }
}

/** Keeps ourselves, and so the load workers, off the target's CPUs. */
export async function pinHarness({ driver, disjoint }: CpuLayout): Promise<void> {
  if (!disjoint || process.platform !== 'linux') return;
  await runCommand({ file: 'taskset', args: ['-a', '-cp', driver.join(','), String(process.pid)] });
}
