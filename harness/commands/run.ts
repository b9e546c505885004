import path from 'node:path';
import { isoTime } from '../base/clock.ts';
import { type ExitCode, HarnessError } from '../base/errors.ts';
import type { LoadDriver, SessionStore } from '../model/ports.ts';
import { cellsOf } from '../session/plan.ts';
import type { SessionInput } from '../session/run-session.ts';
import { probeEnvironment } from '../session/environment.ts';
import { takeMachineLock } from '../store/machine-lock.ts';
import { readScenarios } from '../store/scenario-files.ts';
import { createSessionStore } from '../store/session-store.ts';
import { type Adapters, createAdapters } from './adapters.ts';
import { buildServers, prepareImages } from './build.ts';
import type { CommandContext } from './context.ts';
import { candidateDrivers, capableOf } from './driver-choice.ts';
import { settleDrivers } from './driver-trials.ts';
import { executeSession, loadedScenarios, pinHarness, repeatsMax, sweep } from './execute.ts';
import { chooseLaunchers } from './launchers.ts';
import { refuseUnlocked } from './locked-images.ts';
import { refuseTooManyConnections, refuseUnfitMachine } from './preflight.ts';
import {
  newSession,
  overridden,
  type PreparedRun,
  resultsFolder,
  runLayout,
  sessionId,
} from './prepare-run.ts';
import type { Register } from './program.ts';
import { readOwnProject } from './project-config.ts';
import { withOwnTargets } from './project-config-run.ts';
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
  const own = await readOwnProject(context.cwd);
  const shipped = await createAdapters(context);
  const adapters = own === null ? shipped : withOwnTargets(shipped, own, context.clock);
  const specs = selectById(await adapters.discover(), options.target, '--target', 'TARGET_UNKNOWN');
  const all = [...(own?.scenarios ?? []), ...(await readScenarios(path.join(context.project, 'scenarios')))];
  const scenarios = selectById(all, options.scenario, '--scenario', 'SCENARIO_UNKNOWN').map((scenario) =>
    overridden(scenario, options),
  );
  cellsOf({ targets: specs, scenarios });
  const candidates = await candidateDrivers(adapters.drivers, options.driver);
  for (const scenario of scenarios) capableOf(candidates, scenario);
  refuseTooManyConnections(Math.max(0, ...scenarios.map(({ connections }) => connections)));
  const layout = runLayout(options);
  const startedAt = isoTime(context.clock);
  const id = sessionId(options.id, startedAt);
  const store = await createSessionStore(resultsFolder({ context, options }), id);
  const lock = await takeMachineLock(startedAt);
  try {
    await sweep(context, adapters.launchers, resultsFolder({ context, options }));
    // What a dead session left is gone, what we build has not begun: what is seen now is the machine's own.
    if (options.strict === true) await refuseUnfitMachine();
    if (options.build) await buildServers(context, specs);
    const { runnable, skipped } = await chooseLaunchers(specs, adapters.launchers, options.launcher);
    if (runnable.length === 0) throw nothingRunnable(skipped);
    if (options.locked === true) await refuseUnlocked(runnable);
    await prepareImages(context, runnable);
    const environment = await probeEnvironment(context.project);
    await pinHarness(layout.cpus);
    // A scenario that none of the chosen targets serves would only be an empty table.
    const served = scenarios.filter(({ id: one }) =>
      runnable.some(({ spec }) => spec.scenarios.includes(one)),
    );
    const prepared: PreparedRun = {
      id,
      startedAt,
      environment,
      context,
      options,
      layout,
      runnable,
      skipped,
      scenarios: served,
    };
    return await planAndExecute(prepared, candidates, adapters, store);
  } finally {
    await lock.release();
  }
}

async function planAndExecute(
  prepared: PreparedRun,
  candidates: readonly LoadDriver[],
  adapters: Adapters,
  store: SessionStore,
): Promise<ExitCode> {
  const { context, options } = prepared;
  const drivers = await settleDrivers(prepared, candidates, adapters);
  const session = await newSession(prepared, drivers);
  const input: SessionInput = {
    targets: new Map(prepared.runnable.map((target) => [target.spec.id, target])),
    scenarios: loadedScenarios(session, adapters),
    readyTimeoutMs: options.readyTimeout,
    repeatsMax: repeatsMax(session),
  };
  return executeSession({ context, session, input, store, adapters, json: options.json === true });
}

function nothingRunnable(skipped: readonly { id: string; why: string }[]): HarnessError {
  const reasons = skipped.map(({ id, why }) => `${id}: ${why}`).join('\n  ');
  return new HarnessError('NOTHING_TO_RUN', `no target can run here\n  ${reasons}`);
}
