import path from 'node:path';
import { HarnessError } from '../base/errors.ts';
import { freshSeed, secureToken } from '../base/random.ts';
import type { Environment } from '../model/environment.ts';
import { idSchema, type Scenario } from '../model/scenario.ts';
import {
  type CpuLayout,
  type DriverChoice,
  SESSION_SCHEMA_VERSION,
  type Session,
  type SkippedTarget,
} from '../model/session.ts';
import { layoutCpus } from '../session/cpu-layout.ts';
import { allowedCpus, siblingsOf } from '../session/environment.ts';
import { planTrials } from '../session/plan.ts';
import type { LaunchableTarget } from '../session/run-session.ts';
import type { CommandContext } from './context.ts';
import { DEFAULT_ROUNDS, QUICK, type RunOptions } from './run-options.ts';

/** A scenario with what the flags change in it; a flag wins over `--quick`, and that over the file. */
export function overridden(scenario: Scenario, options: RunOptions): Scenario {
  const quick = options.quick === true;
  const warmup = options.warmup ?? (quick ? QUICK.warmupMs : scenario.warmup);
  return {
    ...scenario,
    warmup,
    warmupMax: options.warmup ?? (quick ? QUICK.warmupMaxMs : Math.max(warmup, scenario.warmupMax)),
    measure: options.duration ?? (quick ? QUICK.measureMs : scenario.measure),
    connections: options.connections ?? scenario.connections,
  };
}

/** What a run consists of once everything that can be refused has been. */
export interface PreparedRun {
  /** Of the session to be; its start time is part of it unless the user named it. */
  id: string;
  startedAt: string;
  /** Of the machine before we pinned ourselves to some of its CPUs. */
  environment: Environment;
  context: CommandContext;
  options: RunOptions;
  layout: RunLayout;
  runnable: readonly LaunchableTarget[];
  skipped: readonly SkippedTarget[];
  scenarios: readonly Scenario[];
}

/** Where the sessions of a run are kept. */
export function resultsFolder({ context, options }: Pick<PreparedRun, 'context' | 'options'>): string {
  return path.resolve(context.cwd, options.results);
}

export interface RunLayout {
  cpus: CpuLayout;
  workers: number;
  driverWorkers: number;
}

/** Who runs on which CPUs, with how many threads; taken before we pin ourselves. */
export function runLayout(options: Pick<RunOptions, 'workers' | 'driverWorkers'>): RunLayout {
  const cpus = layoutCpus(allowedCpus(), siblingsOf);
  return {
    cpus,
    workers: options.workers ?? cpus.target.length,
    driverWorkers: options.driverWorkers ?? cpus.driver.length,
  };
}

/** The record of a session that has not run yet: environment, plan and everything that is needed to repeat it. */
export async function newSession(prepared: PreparedRun, drivers: DriverChoice[]): Promise<Session> {
  const { context, options, layout, runnable, scenarios, startedAt } = prepared;
  const seed = options.seed ?? freshSeed();
  const rounds = options.rounds ?? (options.quick === true ? QUICK.rounds : DEFAULT_ROUNDS);
  return {
    schemaVersion: SESSION_SCHEMA_VERSION,
    id: prepared.id,
    harnessVersion: context.version,
    status: 'running',
    startedAt,
    endedAt: null,
    argv: [...context.argv],
    environment: prepared.environment,
    targets: await Promise.all(runnable.map(async ({ spec, launcher }) => launcher.describe(spec))),
    skipped: [...prepared.skipped],
    scenarios: [...scenarios],
    plan: {
      seed,
      rounds,
      ...layout,
      drivers,
      launcher: options.launcher,
      trials: planTrials({ targets: runnable.map(({ spec }) => spec), scenarios, rounds, seed }),
    },
    trials: [],
  };
}

/** `20261121-054630-3fa9c1`: sorts by time, and two that start together differ. */
export function sessionId(wanted: string | undefined, startedAt: string): string {
  const id = wanted ?? `${startedAt.slice(0, 19).replace(/[-:]/g, '').replace('T', '-')}-${secureToken(3)}`;
  const checked = idSchema.safeParse(id);
  if (!checked.success) {
    throw new HarnessError(
      'USAGE',
      `--id: ${checked.error.issues[0]?.message ?? 'is no id'} (got ${JSON.stringify(id)})`,
    );
  }
  return checked.data;
}
