import process from 'node:process';
import { EXIT, type ExitCode, HarnessError, messageOf } from './base/errors.ts';
import { systemContext } from './commands/context.ts';
import { buildProgram } from './commands/index.ts';
import { exitCodeOfUsageError } from './commands/program.ts';

const context = systemContext();
/** The exit code that the first signal asked for. */
const interruption: { code: ExitCode | null } = { code: null };

/** Ends the process; a second signal, or a broken pipe, must not wait for anything. */
function exitNow(code: number): never {
  process.exit(code);
}

/** Ends the process once all that it said has left it: a pipe holds 64 KiB, and whoever reads may take their time. */
async function exitWhenSaid(code: number): Promise<never> {
  for (const stream of [process.stdout, process.stderr]) {
    await new Promise<void>((resolve) => stream.write('', () => resolve()));
  }
  exitNow(code);
}

for (const [signal, code] of [
  ['SIGINT', EXIT.interrupted],
  ['SIGTERM', EXIT.terminated],
  ['SIGHUP', EXIT.terminated],
] as const) {
  process.on(signal, () => {
    if (context.interruption.signal.aborted) exitNow(code);
    context.interruption.abort(signal);
    interruption.code = code;
  });
}
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', () => exitNow(EXIT.io));
}

try {
  const outcome: { code: number } = { code: EXIT.ok };
  const program = await buildProgram(context, outcome, context.argv);
  await program.parseAsync(process.argv);
  await exitWhenSaid(interruption.code ?? outcome.code);
} catch (error) {
  // Whatever broke off because of the signal: it is the signal that ended us.
  if (interruption.code !== null && error instanceof HarnessError && error.code !== 'BUG')
    await exitWhenSaid(interruption.code);
  const usage = exitCodeOfUsageError(error);
  if (usage !== null) await exitWhenSaid(usage);
  if (error instanceof HarnessError && error.code !== 'BUG') {
    context.err(`httpdyno: ${error.message}${error.fix === null ? '' : `\n  fix: ${error.fix}`}\n`);
    await exitWhenSaid(error.exitCode);
  }
  const stack = error instanceof Error ? error.stack : messageOf(error);
  context.err(`httpdyno: a bug in httpdyno, please report it:\n${stack}\n`);
  await exitWhenSaid(EXIT.bug);
}
