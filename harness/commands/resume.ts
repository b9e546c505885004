import path from 'node:path';
import type { Command } from 'commander';
import { isoTime } from '../base/clock.ts';
import { EXIT, type ExitCode } from '../base/errors.ts';
import { pendingTrials } from '../session/run-session.ts';
import { probeEnvironment } from '../session/environment.ts';
import { findGateFile } from '../store/gate-store.ts';
import { takeMachineLock } from '../store/machine-lock.ts';
import { openSessionStore, readSession, sessionFolder } from '../store/session-store.ts';
import { refuseUnlikeMachines } from './compare-machines.ts';
import type { CommandContext } from './context.ts';
import { executeSession, loadedScenarios, pinHarness, repeatsMax, sweep } from './execute.ts';
import { type ResumedOptions, resumeGate } from './gate-resume.ts';
import { durationIn, type Register } from './program.ts';
import { readOwnProject } from './project-config.ts';
import { projectAdapters } from './project-config-run.ts';
import { refuseChanged, sameTargets } from './same-targets.ts';

interface ResumeOptions {
  results: string;
  build: boolean;
  readyTimeout: number;
  json?: true;
}

export const register: Register = (program, context, outcome) => {
  program
    .command('resume')
    .description(
      'finish an interrupted or crashed session or gate run: only what is missing runs, in the same plan',
    )
    .argument('<name>', 'id or folder of a session or gate run, or its file')
    .option('--results <folder>', 'where sessions are kept', 'results')
    .option('--no-build', 'do not build servers whose sources changed')
    .option(
      '--ready-timeout <time>',
      'how long a target may take to become ready',
      durationIn(10, 600_000),
      10_000,
    )
    .option('--json', 'print the summary as JSON instead of a table')
    .action(async (name: string, options: ResumeOptions, command: Command) => {
      const results = path.resolve(context.cwd, options.results);
      outcome.code =
        (await findGateFile(results, name)) === null
          ? await resume(context, name, options)
          : await resumeGate(context, results, name, chosenAnew(options, command));
    });
};

/** What a gate run was begun with holds, unless it is said otherwise now. */
function chosenAnew({ json, build, readyTimeout }: ResumeOptions, command: Command): ResumedOptions {
  const isSaid = (name: keyof ResumeOptions): boolean => command.getOptionValueSource(name) === 'cli';
  return {
    ...(json === undefined ? {} : { json }),
    ...(isSaid('build') ? { build } : {}),
    ...(isSaid('readyTimeout') ? { readyTimeout } : {}),
  };
}

async function resume(context: CommandContext, name: string, options: ResumeOptions): Promise<ExitCode> {
  const results = path.resolve(context.cwd, options.results);
  const session = await readSession(results, name);
  if (pendingTrials(session).length === 0) {
    context.err(`session ${session.id} is complete: nothing is missing\n`);
    return EXIT.ok;
  }
  refuseUnlikeMachines(session.environment, await probeEnvironment(context.project), false);
  const adapters = await projectAdapters(context, await readOwnProject(context.cwd));
  const lock = await takeMachineLock(isoTime(context.clock));
  try {
    await sweep(context, adapters.launchers, results);
    const { targets, changed } = await sameTargets(context, session, adapters, options);
    refuseChanged(changed);
    await pinHarness(session.plan.cpus);
    const folder = await sessionFolder(results, name);
    const store = await openSessionStore(path.dirname(folder), path.basename(folder));
    const input = {
      targets,
      scenarios: loadedScenarios(session, adapters),
      readyTimeoutMs: options.readyTimeout,
      repeatsMax: repeatsMax(session),
    };
    return await executeSession({ context, session, input, store, adapters, json: options.json === true });
  } finally {
    await lock.release();
  }
}
