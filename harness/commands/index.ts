import type { Command } from 'commander';
import type { CommandContext } from './context.ts';
import { emptyProgram, type Outcome, type Register } from './program.ts';

type Loader = () => Promise<{ register: Register }>;

/** Every sub-command, in the order of `--help`. Only the one that is asked for is loaded: some bring large libraries along. */
const COMMANDS: Readonly<Record<string, Loader>> = {
  run: async () => import('./run.ts'),
  load: async () => import('./load.ts'),
  verify: async () => import('./verify.ts'),
  compare: async () => import('./compare.ts'),
  gate: async () => import('./gate.ts'),
  init: async () => import('./init.ts'),
  history: async () => import('./history.ts'),
  report: async () => import('./report.ts'),
  calibrate: async () => import('./calibrate.ts'),
  audit: async () => import('./audit.ts'),
  resume: async () => import('./resume.ts'),
  reproduce: async () => import('./reproduce.ts'),
  list: async () => import('./list.ts'),
  build: async () => import('./build.ts'),
  doctor: async () => import('./doctor.ts'),
};

/** The program that understands the given arguments: with the command that they name, or all where they name none. */
export async function buildProgram(
  context: CommandContext,
  outcome: Outcome,
  args: readonly string[],
): Promise<Command> {
  const program = emptyProgram(context);
  const asked = Object.entries(COMMANDS).filter(([name]) => name === args[0]);
  for (const [, load] of asked.length > 0 ? asked : Object.entries(COMMANDS)) {
    const { register } = await load();
    register(program, context, outcome);
  }
  return program;
}
