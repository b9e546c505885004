import path from 'node:path';
import { isoTime } from '../base/clock.ts';
import { type ExitCode, HarnessError } from '../base/errors.ts';
import type { LoadDriver, RunListener } from '../model/ports.ts';
import type { Scenario } from '../model/scenario.ts';
import type { Session } from '../model/session.ts';
import type { SessionInput } from '../session/run-session.ts';
import { runTrial } from '../session/run-trial.ts';
import { takeMachineLock } from '../store/machine-lock.ts';
import { readScenarios } from '../store/scenario-files.ts';
import { createSessionStore } from '../store/session-store.ts';
import { type Adapters, createAdapters } from './adapters.ts';
import { buildServers, prepareImages } from './build.ts';
import type { CommandContext } from './context.ts';
import { candidateDrivers, capableOf, driverOfEach } from './driver-choice.ts';
import { executeSession, pinHarness, sweep } from './execute.ts';
import { chooseLaunchers } from './launchers.ts';
import { newSession, overridden, type PreparedRun, runLayout, sessionId } from './prepare-run.ts';
import type { Register } from './program.ts';
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
  const candidates = await candidateDrivers(adapters.drivers, options.driver);
  for (const scenario of scenarios) capableOf(candidates, scenario);
  const layout = runLayout(options);
  const startedAt = isoTime(context.clock);
  const id = sessionId(options.id, startedAt);
  const lock = await takeMachineLock(startedAt);
  try {
    await sweep(context, adapters.launchers);
    if (options.build) await buildServers(context, specs);
    const { runnable, skipped } = await chooseLaunchers(specs, adapters.launchers, options.launcher);
    if (runnable.length === 0) throw nothingRunnable(skipped);
    await prepareImages(context, runnable);
    await pinHarness(layout.cpus);
    const prepared: PreparedRun = { id, startedAt, context, options, layout, runnable, skipped, scenarios };
    return await planAndExecute(prepared, candidates, adapters);
  } finally {
    await lock.release();
  }
}

async function planAndExecute(
  prepared: PreparedRun,
  candidates: readonly LoadDriver[],
  adapters: Adapters,
): Promise<ExitCode> {
  const { context, options } = prepared;
  const drivers = await tryDrivers(prepared, candidates, adapters);
  const session = await newSession(prepared, drivers);
  const store = await createSessionStore(path.resolve(context.cwd, options.results), session.id);
  const input = sessionInput(prepared, session, adapters);
  return executeSession({ context, session, input, store, adapters, json: options.json === true });
}

function sessionInput(prepared: PreparedRun, session: Session, adapters: Adapters): SessionInput {
  const driverOf = (scenario: Scenario): LoadDriver => {
    const id = session.plan.drivers.find(({ scenarioId }) => scenarioId === scenario.id)?.driver ?? '';
    const driver = adapters.drivers.get(id);
    if (driver === undefined) throw new HarnessError('BUG', `no driver was chosen for ${scenario.id}`);
    return driver;
  };
  return {
    targets: new Map(prepared.runnable.map((target) => [target.spec.id, target])),
    scenarios: new Map(
      prepared.scenarios.map((scenario) => [scenario.id, { scenario, driver: driverOf(scenario) }]),
    ),
    readyTimeoutMs: prepared.options.readyTimeout,
  };
}

const silent: RunListener = () => undefined;

/** Chooses the driver of each scenario, with short try-outs where there is a choice. */
async function tryDrivers(
  { context, options, layout, runnable, scenarios }: PreparedRun,
  candidates: readonly LoadDriver[],
  adapters: Adapters,
): Promise<Session['plan']['drivers']> {
  const served = scenarios.map((scenario) => ({
    scenario,
    targetIds: runnable.filter(({ spec }) => spec.scenarios.includes(scenario.id)).map(({ spec }) => spec.id),
  }));
  return driverOfEach(candidates, options.driver, served, async (targetId, scenario, driver) => {
    const target = runnable.find(({ spec }) => spec.id === targetId);
    if (target === undefined) throw new HarnessError('BUG', `a try-out of ${targetId}, which is not loaded`);
    context.err(`try-out: ${driver.id} on ${targetId} ${scenario.id}\n`);
    const trial = { index: 0, round: 0, targetId, scenarioId: scenario.id, seed: 0 };
    const input = {
      trial,
      ...target,
      scenario,
      driver,
      sessionId: 'try-out',
      ...layout,
      readyTimeoutMs: options.readyTimeout,
    };
    const ports = { ...adapters.trialPorts, clock: context.clock, listener: silent };
    return runTrial(input, ports, context.interruption.signal);
  });
}

function nothingRunnable(skipped: readonly { id: string; why: string }[]): HarnessError {
  const reasons = skipped.map(({ id, why }) => `${id}: ${why}`).join('\n  ');
  return new HarnessError('NOTHING_TO_RUN', `no target can run here\n  ${reasons}`);
}
