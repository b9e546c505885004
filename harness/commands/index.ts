import type { Command } from 'commander';
import type { CommandContext } from './context.ts';
import { emptyProgram, type Outcome, type Register } from './program.ts';
import { register as build } from './build.ts';
import { register as doctor } from './doctor.ts';
import { register as list } from './list.ts';
import { register as load } from './load.ts';
import { register as report } from './report.ts';
import { register as run } from './run.ts';
import { register as verify } from './verify.ts';

/** Every sub-command, in the order of `--help`. */
const COMMANDS: readonly Register[] = [run, load, verify, report, list, build, doctor];

export function buildProgram(context: CommandContext, outcome: Outcome): Command {
  const program = emptyProgram(context);
  for (const register of COMMANDS) register(program, context, outcome);
  return program;
}
