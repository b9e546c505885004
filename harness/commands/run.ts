import path from 'node:path';
import { EXIT, type ExitCode, HarnessError } from '../base/errors.ts';
import { isoTime } from '../base/clock.ts';
import { runCommand } from '../base/subprocess.ts';
import type { Launcher } from '../model/ports.ts';
import { isOnlyLimited } from '../model/reason.ts';
import type { Scenario } from '../model/scenario.ts';
import type { Session } from '../model/session.ts';
import { type LaunchableTarget, runSession } from '../session/run-session.ts';
import { takeMachineLock } from '../store/machine-lock.ts';
import { readScenarios } from '../store/scenario-files.ts';
import { createSessionStore } from '../store/session-store.ts';
import { type Adapters, chooseDriver, createAdapters, type DriverChoice } from './adapters.ts';
import { buildServers } from './build.ts';
import type { CommandContext } from './context.ts';
import { chooseLaunchers } from './launchers.ts';
import { newSession, overridden } from './prepare-run.ts';
import { presentSession } from './present.ts';
import type { Register } from './program.ts';
import { progressListener } from './progress.ts';
import { addRunOptions, type RunOptions } from './run-options.ts';
import { selectById } from './selection.ts';

export const register: Register = (program, context, outcome) => {
  addRunOptions(program.command('run'))
    .description('compare targets: plan, trials, report')
    .action(async (options: RunOptions) => {
      outcome.code = await run(context, options);
    });
};

/** The main job. Everything that can be refused is refused before anything starts. */
async function run(context: CommandContext, options: RunOptions): Promise<ExitCode> {
  const adapters = await createAdapters(context);
  const specs = selectById(await adapters.discover(), options.target, '--target', 'TARGET_UNKNOWN');
  const all = await readScenarios(path.join(context.project, 'scenarios'));
  const scenarios = selectById(all, options.scenario, '--scenario', 'SCENARIO_UNKNOWN').map((scenario) =>
    overridden(scenario, options),
  );
  const choice = await chooseDriver(adapters.drivers, options.driver, scenarios);
  const lock = await takeMachineLock(isoTime(context.clock));
  try {
    await sweep(context, adapters.launchers);
    if (options.build) await buildServers(context, specs);
    const { runnable, skipped } = await chooseLaunchers(specs, adapters.launchers, options.launcher);
    if (runnable.length === 0) throw nothingRunnable(skipped);
    const session = await newSession({ context, options, runnable, skipped, scenarios, driver: choice });
    await pinHarness(session);
    return await execute(context, options, session, { runnable, scenarios, choice }, adapters);
  } finally {
    await lock.release();
  }
}

async function execute(
  context: CommandContext,
  options: RunOptions,
  session: Session,
  loaded: { runnable: readonly LaunchableTarget[]; scenarios: readonly Scenario[]; choice: DriverChoice },
  adapters: Adapters,
): Promise<ExitCode> {
  const store = await createSessionStore(path.resolve(context.cwd, options.results), session.id);
  const progress = progressListener(context, session);
  for (const { id, why } of session.skipped) progress.listen({ kind: 'skipped', targetId: id, why });
  const ended = await runSession(
    session,
    {
      targets: new Map(loaded.runnable.map((target) => [target.spec.id, target])),
      scenarios: new Map(loaded.scenarios.map((scenario) => [scenario.id, scenario])),
      readyTimeoutMs: options.readyTimeout,
    },
    {
      ...adapters.trialPorts(loaded.choice.driver),
      clock: context.clock,
      waitForQuiet: adapters.waitForQuiet,
      store,
      listener: progress.listen,
    },
    context.interruption.signal,
  );
  progress.close();
  await presentSession(context, ended, { folder: store.folder, json: options.json === true });
  return exitCodeOf(ended);
}

/** 3 where a target failed or a measurement cannot be defended; figures that the driver limited are no fault of the run. */
export function exitCodeOf(session: Session): ExitCode {
  if (session.status === 'interrupted') return EXIT.interrupted;
  const faulty = session.trials.some(
    (trial) => trial.verdict !== 'valid' && !(trial.verdict === 'invalid' && isOnlyLimited(trial.reasons)),
  );
  return faulty ? EXIT.trials : EXIT.ok;
}

async function sweep(context: CommandContext, launchers: readonly Launcher[]): Promise<void> {
  for (const launcher of launchers) {
    for (const line of await launcher.sweep()) context.err(`swept: ${line}\n`);
  }
}

/** Keeps ourselves, and so the load workers, off the target's CPUs. */
async function pinHarness(session: Session): Promise<void> {
  const { driver, disjoint } = session.plan.cpus;
  if (!disjoint || process.platform !== 'linux') return;
  await runCommand({ file: 'taskset', args: ['-a', '-cp', driver.join(','), String(process.pid)] });
}

function nothingRunnable(skipped: readonly { id: string; why: string }[]): HarnessError {
  const reasons = skipped.map(({ id, why }) => `${id}: ${why}`).join('\n  ');
  return new HarnessError('NOTHING_TO_RUN', `no target can run here\n  ${reasons}`);
}
