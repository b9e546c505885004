import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { EXIT } from '../base/errors.ts';
import { parseDurationMs } from '../base/units.ts';
import type { CommandContext } from './context.ts';

/** Where a command leaves its exit code. */
export interface Outcome {
  code: number;
}

/** One sub-command: adds itself to the program. One file each in this folder, one line each in `index.ts`. */
export type Register = (program: Command, context: CommandContext, outcome: Outcome) => void;

/** The bare program: prints to the context, and throws instead of exiting. */
export function emptyProgram(context: CommandContext): Command {
  return new Command('httpdyno')
    .description('A dynamometer for HTTP servers: it never publishes a number that it cannot defend.')
    .version(context.version, '-V, --version')
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.out(text),
      writeErr: (text) => context.err(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'httpdyno: ')),
    });
}

/** The exit code for what commander throws: 0 after --help and --version, else 2; null for any other error. */
export function exitCodeOfUsageError(error: unknown): number | null {
  if (!(error instanceof CommanderError)) return null;
  return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
}

/** An option parser for integers within bounds. */
export function integerIn(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d{1,15}$/.test(text) || value < min || value > max) {
      throw new InvalidArgumentError(`Must be a whole number from ${min} to ${max}.`);
    }
    return value;
  };
}

/** An option parser for durations with a unit, in ms. */
export function durationIn(minMs: number, maxMs: number): (text: string) => number {
  return (text) => {
    const ms = parseDurationMs(text);
    if (ms === null) throw new InvalidArgumentError('Must be a duration with a unit, as 500ms, 10s or 2m.');
    if (ms < minMs || ms > maxMs)
      throw new InvalidArgumentError(`Must lie between ${minMs}ms and ${maxMs}ms.`);
    return ms;
  };
}

/** An option parser that gathers names over repeats and commas: `--target a,b --target c`. */
export function names(text: string, previous: string[] | undefined): string[] {
  const added = text.split(',').map((name) => name.trim());
  if (added.some((name) => name === '')) throw new InvalidArgumentError('Must be names separated by commas.');
  return [...(previous ?? []), ...added];
}

export type LauncherChoice = 'auto' | 'process' | 'docker';

/** Adds `--launcher`, the same for every command that starts targets. */
export function addLauncherOption(command: Command): Command {
  return command.addOption(
    new Option('--launcher <kind>', 'how targets start')
      .choices(['auto', 'process', 'docker'])
      .default('auto'),
  );
}
