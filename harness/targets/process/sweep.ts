import type { Clock } from '../../base/clock.ts';
import { ENV_OWNER, ENV_SESSION, ownerIsAlive } from '../owner.ts';
import { commandOf, environmentOf, liveProcesses, readProcess } from '../proc/processes.ts';
import { holds, signalProcess } from './stop-group.ts';

const PATIENCE_MS = 2_000;

/**
 * Ends processes whose environment bears our owner label where that owner has ended, and returns a line for each. What
 * bears no label, or the label of an owner that lives, is left alone.
 */
export async function sweepProcesses(clock: Clock): Promise<string[]> {
  const leftovers = liveProcesses().flatMap(({ pid, startTicks }) => {
    const environment = environmentOf(pid);
    const owner = environment.get(ENV_OWNER);
    if (pid === process.pid || owner === undefined || ownerIsAlive(owner)) return [];
    const line = `ended pid ${pid} (${commandOf(pid)}) of session ${environment.get(ENV_SESSION) ?? 'unknown'}`;
    // The start time again, just before the signal: the pid must still be the process that was looked at.
    if (readProcess(pid)?.startTicks !== startTicks || !signalProcess(pid, 'SIGKILL')) return [];
    return [{ pid, startTicks, line }];
  });
  await holds(() => !leftovers.some(({ pid, startTicks }) => isLeft(pid, startTicks)), PATIENCE_MS, clock);
  return leftovers.map(({ line }) => line);
}

function isLeft(pid: number, startTicks: number): boolean {
  const info = readProcess(pid);
  return info !== null && !info.zombie && info.startTicks === startTicks;
}
