import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { type Clock, systemClock } from '../base/clock.ts';
import { z } from '../base/schema.ts';

/** What a command may touch of the world; tests hand in their own. */
export interface CommandContext {
  clock: Clock;
  /** Results and tables. */
  out(text: string): void;
  /** Progress, warnings, errors. */
  err(text: string): void;
  /** How wide the terminal is, whether it understands colour, and whether progress may be redrawn in place. */
  terminal: { columns: number; colour: boolean; interactive: boolean };
  cwd: string;
  /** Where `servers/` and `scenarios/` stand: the project in the current folder, else what ships with httpdyno. */
  project: string;
  version: string;
  argv: readonly string[];
  interruption: AbortController;
}

const packageFolder = path.join(import.meta.dirname, '..', '..');

export function systemContext(): CommandContext {
  const { stdout, stderr, env } = process;
  const plain = env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '';
  return {
    clock: systemClock,
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    terminal: {
      columns: stdout.columns ?? 100,
      colour: stdout.isTTY && !plain,
      interactive: stderr.isTTY && env['CI'] === undefined && env['TERM'] !== 'dumb',
    },
    cwd: process.cwd(),
    project: projectFolder(process.cwd()),
    version: packageVersion(),
    argv: process.argv.slice(2),
    interruption: new AbortController(),
  };
}

function projectFolder(cwd: string): string {
  const complete = existsSync(path.join(cwd, 'servers')) && existsSync(path.join(cwd, 'scenarios'));
  return complete ? cwd : packageFolder;
}

function packageVersion(): string {
  const text = readFileSync(path.join(packageFolder, 'package.json'), 'utf8');
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}
