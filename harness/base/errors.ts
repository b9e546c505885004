import os from 'node:os';

/** Exit codes are a contract with scripts and CI: they never change meaning. */
export const EXIT = {
  ok: 0,
  regression: 1,
  usage: 2,
  trials: 3,
  refused: 4,
  io: 5,
  bug: 70,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Every error the harness itself can raise, with the exit code it ends in. A failing target is not here: it is data. */
const ERROR_EXITS = {
  USAGE: EXIT.usage,
  CONFIG_INVALID: EXIT.usage,
  FILE_NOT_FOUND: EXIT.usage,
  FILE_UNREADABLE: EXIT.usage,
  TARGET_UNKNOWN: EXIT.usage,
  SCENARIO_UNKNOWN: EXIT.usage,
  DRIVER_UNKNOWN: EXIT.usage,
  NOTHING_TO_RUN: EXIT.usage,
  URL_REFUSED: EXIT.usage,
  RESULT_INVALID: EXIT.usage,
  SCHEMA_TOO_NEW: EXIT.usage,
  MACHINES_DIFFER: EXIT.usage,
  LOCKED: EXIT.refused,
  PREFLIGHT: EXIT.refused,
  DOCKER_UNAVAILABLE: EXIT.refused,
  DRIVER_UNAVAILABLE: EXIT.refused,
  DISK: EXIT.io,
  BUG: EXIT.bug,
} as const;

export type ErrorCode = keyof typeof ERROR_EXITS;

/** An error of the harness: a stable code, one sentence, and where there is one, the flag or file that fixes it. */
export class HarnessError extends Error {
  readonly code: ErrorCode;
  readonly exitCode: ExitCode;
  readonly fix: string | null;

  constructor(code: ErrorCode, message: string, options: { fix?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'HarnessError';
    this.code = code;
    this.exitCode = ERROR_EXITS[code];
    this.fix = options.fix ?? null;
  }
}

/** The errno name (`ENOENT`, `ENOSPC`, …) of a system error, else null. */
export function errnoOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  return typeof error.code === 'string' ? errnoName(error.code) : null;
}

/** Node has no name for some numbers, EDQUOT among them, and says `Unknown system error -122`; the system has. */
function errnoName(code: string): string {
  const number = Number(/^Unknown system error -(\d+)$/.exec(code)?.[1]);
  const known = Object.entries(os.constants.errno).find(([, value]) => value === number);
  return known?.[0] ?? code;
}

/** The message of anything thrown, on one line. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s+/g, ' ').trim();
}

/** Throws for a state that only a bug in the harness can produce. */
export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new HarnessError('BUG', message);
}
