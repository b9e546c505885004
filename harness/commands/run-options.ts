import type { Command } from 'commander';
import { addLauncherOption, durationIn, integerIn, type LauncherChoice, names } from './program.ts';

/** `run` as its flags say; undefined where a scenario or the machine decides. */
export interface RunOptions {
  target?: string[];
  scenario?: string[];
  rounds?: number;
  duration?: number;
  warmup?: number;
  connections?: number;
  workers?: number;
  driverWorkers?: number;
  driver: string;
  launcher: LauncherChoice;
  seed?: number;
  quick?: true;
  strict?: true;
  locked?: true;
  build: boolean;
  results: string;
  id?: string;
  readyTimeout: number;
  json?: true;
}

export const DEFAULT_ROUNDS = 5;

/** What `--quick` changes: enough to see that everything works and who is roughly where, in under three minutes. */
export const QUICK = { rounds: 2, warmupMs: 1_000, warmupMaxMs: 2_000, measureMs: 2_000 } as const;

export function addRunOptions(command: Command): Command {
  return addLauncherOption(command)
    .option(
      '-t, --target <ids>',
      'targets to run, separated by commas (default: all that can run here)',
      names,
    )
    .option('-s, --scenario <ids>', 'scenarios to run, separated by commas (default: all)', names)
    .option('-r, --rounds <n>', `trials of each cell (default: ${DEFAULT_ROUNDS})`, integerIn(1, 1_000))
    .option(
      '-d, --duration <time>',
      'measured part of a trial (default: as the scenario says)',
      durationIn(100, 3_600_000),
    )
    .option('--warmup <time>', 'shortest warm-up (default: as the scenario says)', durationIn(0, 600_000))
    .option('-c, --connections <n>', 'connections (default: as the scenario says)', integerIn(1, 100_000))
    .option(
      '-w, --workers <n>',
      'threads or processes of a target (default: one for each of its CPUs)',
      integerIn(1, 1_024),
    )
    .option(
      '--driver-workers <n>',
      'threads of the load driver (default: one for each of its CPUs)',
      integerIn(1, 256),
    )
    .option('--driver <id>', 'load driver: auto, autocannon, dyno or wrk', 'auto')
    .option(
      '--seed <n>',
      'seed of the plan (default: a fresh one, printed and stored)',
      integerIn(0, 0x7fff_ffff),
    )
    .option('--quick', 'two short rounds: a first look in under three minutes')
    .option('--strict', 'refuse a machine that `doctor` finds unfit, instead of warning (exit 4)')
    .option('--locked', 'refuse containers whose image stands on another without a digest')
    .option('--no-build', 'do not build servers whose sources changed')
    .option('--results <folder>', 'where sessions are kept', 'results')
    .option('--id <name>', 'name of the session (default: its start time)')
    .option(
      '--ready-timeout <time>',
      'how long a target may take to become ready',
      durationIn(10, 600_000),
      10_000,
    )
    .option('--json', 'print the summary as JSON instead of a table');
}
