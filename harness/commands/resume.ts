import path from 'node:path';
import { isoTime } from '../base/clock.ts';
import { EXIT, type ExitCode, HarnessError } from '../base/errors.ts';
import type { Session } from '../model/session.ts';
import { type LaunchableTarget, pendingTrials } from '../session/run-session.ts';
import { probeEnvironment } from '../session/environment.ts';
import { takeMachineLock } from '../store/machine-lock.ts';
import { openSessionStore, readSession, sessionFolder } from '../store/session-store.ts';
import { type Adapters, createAdapters } from './adapters.ts';
import { buildServers, prepareImages } from './build.ts';
import type { CommandContext } from './context.ts';
import { executeSession, loadedScenarios, pinHarness, repeatsMax, sweep } from './execute.ts';
import { chooseLaunchers } from './launchers.ts';
import { durationIn, type Register } from './program.ts';
import { selectById } from './selection.ts';

interface ResumeOptions {
  results: string;
  build: boolean;
  readyTimeout: number;
  json?: true;
}

export const register: Register = (program, context, outcome) => {
  program
    .command('resume')
    .description('finish an interrupted or crashed session: only what is missing runs, in the same plan')
    .argument('<session>', 'id, folder or session.json')
    .option('--results <folder>', 'where sessions are kept', 'results')
    .option('--no-build', 'do not build servers whose sources changed')
    .option(
      '--ready-timeout <time>',
      'how long a target may take to become ready',
      durationIn(10, 600_000),
      10_000,
    )
    .option('--json', 'print the summary as JSON instead of a table')
    .action(async (name: string, options: ResumeOptions) => {
      outcome.code = await resume(context, name, options);
    });
};

async function resume(context: CommandContext, name: string, options: ResumeOptions): Promise<ExitCode> {
  const results = path.resolve(context.cwd, options.results);
  const session = await readSession(results, name);
  if (pendingTrials(session).length === 0) {
    context.err(`session ${session.id} is complete: nothing is missing\n`);
    return EXIT.ok;
  }
  await refuseOtherMachine(context, session);
  const adapters = await createAdapters(context);
  const lock = await takeMachineLock(isoTime(context.clock));
  try {
    await sweep(context, adapters.launchers, results);
    const targets = await sameTargets(context, session, adapters, options);
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

async function refuseOtherMachine(context: CommandContext, session: Session): Promise<void> {
  const { fingerprint } = await probeEnvironment(context.project);
  if (fingerprint !== session.environment.fingerprint) {
    throw new HarnessError(
      'MACHINES_DIFFER',
      `session ${session.id} was begun on a machine unlike this one`,
      {
        fix: 'resume it where it began, or run a new session here',
      },
    );
  }
}

/** The targets of the session by the launchers that started them, refused where what would run is no longer the same. */
async function sameTargets(
  context: CommandContext,
  session: Session,
  adapters: Adapters,
  options: ResumeOptions,
): Promise<Map<string, LaunchableTarget>> {
  const ids = session.targets.map(({ id }) => id);
  const specs = selectById(await adapters.discover(), ids, 'resume', 'TARGET_UNKNOWN');
  if (options.build) await buildServers(context, specs);
  const targets = new Map<string, LaunchableTarget>();
  for (const measured of session.targets) {
    const spec = specs.filter(({ id }) => id === measured.id);
    const { runnable, skipped } = await chooseLaunchers(spec, adapters.launchers, measured.launcher);
    const [target] = runnable;
    if (target === undefined)
      throw new HarnessError('PREFLIGHT', `${measured.id}: ${skipped[0]?.why ?? 'cannot run here'}`);
    await prepareImages(context, runnable);
    const { artifactHash } = await target.launcher.describe(target.spec);
    if (artifactHash !== measured.artifactHash) {
      throw new HarnessError(
        'PREFLIGHT',
        `${measured.id} is no longer what the session measured: its artifact has changed`,
        {
          fix: 'run a new session, or check out the sources that the session was begun with',
        },
      );
    }
    targets.set(measured.id, target);
  }
  return targets;
}
