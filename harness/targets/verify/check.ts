import type { Clock } from '../../base/clock.ts';
import { US_PER_MS } from '../../base/units.ts';
import type { ConformanceCheck, RunningTarget } from '../../model/ports.ts';
import { WireError } from '../wire/connection.ts';

/** What is wrong with the target, or null where the check passes. A WireError that it throws is a finding too. */
export type CheckRun = (target: RunningTarget) => Promise<string | null>;

export interface Check {
  id: string;
  title: string;
  run: CheckRun;
}

/** Runs checks one after the other, so that each sees the target alone. */
export async function runChecks(
  checks: readonly Check[],
  target: RunningTarget,
  clock: Clock,
  signal: AbortSignal,
): Promise<ConformanceCheck[]> {
  const results: ConformanceCheck[] = [];
  for (const check of checks) {
    const startUs = clock.monotonicUs();
    const finding = signal.aborted ? 'interrupted' : await findingOf(check, target);
    results.push({
      id: check.id,
      title: check.title,
      result: finding === null ? { kind: 'pass' } : { kind: 'fail', detail: finding },
      durationMs: (clock.monotonicUs() - startUs) / US_PER_MS,
    });
  }
  return results;
}

async function findingOf(check: Check, target: RunningTarget): Promise<string | null> {
  try {
    return await check.run(target);
  } catch (error) {
    if (error instanceof WireError) return error.message;
    throw error;
  }
}
