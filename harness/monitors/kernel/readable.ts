import { errnoOf } from '../../base/errors.ts';
import { missing, read, type Reading } from '../../model/resources.ts';

/** What the kernel does not tell here, with the reason that a record shows. */
export class Unreadable extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'Unreadable';
  }
}

/** A value that was read, or why it was not. */
export type Attempt<T> = { ok: true; value: T } | { ok: false; reason: string };

/** Runs a read; what the kernel refuses is a value, anything else is a bug and is thrown on. */
export function attempt<T>(reader: () => T): Attempt<T> {
  try {
    return { ok: true, value: reader() };
  } catch (error) {
    if (error instanceof Unreadable) return { ok: false, reason: error.message };
    throw error;
  }
}

/** Rethrows a system error as `Unreadable`, naming the file. */
export function unreadable(path: string, error: unknown): never {
  const errno = errnoOf(error);
  if (errno === null) throw error;
  throw new Unreadable(`cannot read ${path}: ${errno}`);
}

export function toReading(result: Attempt<number>): Reading {
  return result.ok ? read(result.value) : missing(result.reason);
}

/** The change of a cumulative counter between two reads, in its own unit. */
export function difference<T>(before: Attempt<T>, after: Attempt<T>, of: (value: T) => number): Reading {
  if (!before.ok) return missing(before.reason);
  if (!after.ok) return missing(after.reason);
  return read(of(after.value) - of(before.value));
}
