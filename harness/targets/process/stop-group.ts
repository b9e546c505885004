import type { Clock } from '../../base/clock.ts';
import type { ChildHandle } from '../../base/subprocess.ts';
import { US_PER_MS } from '../../base/units.ts';
import type { RunningTarget, StoppedTarget } from '../../model/ports.ts';
import { livingMembers } from '../members.ts';
import { loopbackListeners } from '../proc/sockets.ts';

const POLL_MS = 5;
/** After SIGKILL only the kernel's own work is left; more than this means a process stuck in it. */
const KILL_PATIENCE_MS = 2_000;

/**
 * SIGTERM to every process of the target, grace, SIGKILL to what is left; resolves when no process of it lives and
 * nothing listens on its port. `killed` tells that SIGTERM was not enough.
 */
export async function stopGroup(
  target: RunningTarget,
  child: ChildHandle,
  { graceMs, clock }: { graceMs: number; clock: Clock },
): Promise<StoppedTarget> {
  let leaderEnded = false;
  void target.exited.finally(() => {
    leaderEnded = true;
  });
  // Where there is no /proc, the leader stands for the whole group.
  const isGone = (): boolean =>
    livingMembers(target).length === 0 && (leaderEnded || loopbackListeners(0) !== null);
  const isFree = (): boolean => (loopbackListeners(target.address.port) ?? []).length === 0;

  signalAll(target, child, 'SIGTERM');
  const obeyed = await holds(isGone, graceMs, clock);
  if (!obeyed) {
    signalAll(target, child, 'SIGKILL');
    await holds(isGone, KILL_PATIENCE_MS, clock);
  }
  await holds(isFree, KILL_PATIENCE_MS, clock);
  return { exit: await target.exited, killed: !obeyed };
}

/** The group at once, then members that left it. */
function signalAll(target: RunningTarget, child: ChildHandle, signal: NodeJS.Signals): void {
  const strays = livingMembers(target);
  child.signalGroup(signal);
  for (const pid of strays) {
    if (pid !== child.pid) signalProcess(pid, signal);
  }
}

/** False where the process is gone already. */
export function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** Whether a condition comes to hold within the time. */
export async function holds(condition: () => boolean, withinMs: number, clock: Clock): Promise<boolean> {
  const deadlineUs = clock.monotonicUs() + withinMs * US_PER_MS;
  while (!condition()) {
    if (clock.monotonicUs() >= deadlineUs) return false;
    await clock.sleep(POLL_MS);
  }
  return true;
}
