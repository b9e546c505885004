import type { Accounting } from './accounting.ts';
import { Unreadable } from './kernel/readable.ts';

/** Stands in where no source can account for the target: each figure is missing, with the reason. */
export function unaccountable(reason: string): Accounting {
  const refuse = (): never => {
    throw new Unreadable(reason);
  };
  return {
    source: 'none',
    refresh: () => undefined,
    pids: () => [],
    // Whether the target lives is not known; the reason stands in every figure.
    alive: () => true,
    cpu: refuse,
    memory: refuse,
    notes: () => [],
    close: () => undefined,
  };
}
