import type { RunningTarget } from '../model/ports.ts';
import { ENV_NONCE } from './owner.ts';
import { cgroupHolds, environmentOf, liveProcesses, readProcess } from './proc/processes.ts';

type TargetIdentity = Pick<RunningTarget, 'scope' | 'nonce'>;

/**
 * Whether a process belongs to a target. Of a process group: its members, and what left the group but still carries the
 * nonce in its environment (a daemonised grandchild). Of a container: whatever stands in its cgroup.
 */
export function memberTest({ scope, nonce }: TargetIdentity): (pid: number) => boolean {
  if (scope.kind === 'container') return (pid) => cgroupHolds(pid, scope.containerId);
  return (pid) =>
    readProcess(pid)?.groupId === scope.leaderPid || environmentOf(pid).get(ENV_NONCE) === nonce;
}

/** The processes of a target that have not ended; empty on systems without /proc. */
export function livingMembers(target: TargetIdentity): number[] {
  const isMember = memberTest(target);
  return liveProcesses()
    .map(({ pid }) => pid)
    .filter((pid) => pid !== process.pid && isMember(pid));
}
