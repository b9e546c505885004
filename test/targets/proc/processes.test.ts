import { afterEach, describe, expect, it } from 'vitest';
import {
  cgroupHolds,
  commandOf,
  environmentOf,
  liveProcesses,
  processIds,
  readProcess,
} from '../../../harness/targets/proc/processes.ts';
import { systemClock } from '../../../harness/base/clock.ts';
import { holds } from '../../../harness/targets/process/stop-group.ts';
import { fixtureSpec, targetFleet } from '../support/fixtures.ts';

const fleet = targetFleet();
afterEach(fleet.stopAll);

const NO_SUCH_PID = 4_194_305;

async function child(name: string, env: Record<string, string> = {}): Promise<number> {
  const { scope } = await fleet.start(fixtureSpec(name, env));
  return scope.kind === 'process-group' ? scope.leaderPid : 0;
}

describe('a process', () => {
  it('shows its parent, its group and when it started', async () => {
    const pid = await child('never-listens');
    const info = readProcess(pid);
    expect(info).toMatchObject({ pid, parentPid: process.pid, groupId: pid, zombie: false });
    expect(info?.startTicks).toBeGreaterThan(
      readProcess(process.pid)?.startTicks ?? Number.POSITIVE_INFINITY,
    );
  });

  it('is listed among the living', () => {
    expect(processIds()).toContain(process.pid);
    expect(liveProcesses().map(({ pid }) => pid)).toContain(process.pid);
  });

  it('shows the environment that it was given, values with = included', async () => {
    const pid = await child('never-listens', { EQUATION: 'a=b=c' });
    const shown = (): boolean => environmentOf(pid).get('EQUATION') === 'a=b=c';
    expect(await holds(shown, 5_000, systemClock)).toBe(true);
  });

  it('shows its command on one line, cut to a length for messages', () => {
    expect(commandOf(process.pid)).not.toMatch(/[\0\n]/);
    expect(commandOf(process.pid).length).toBeLessThanOrEqual(120);
  });

  it('stands in a cgroup, though in no container of ours', () => {
    expect(cgroupHolds(process.pid, '/')).toBe(true);
    expect(cgroupHolds(process.pid, 'f'.repeat(64))).toBe(false);
  });
});

describe('a process that is gone', () => {
  it('has nothing to show, and nothing fails', () => {
    expect(readProcess(NO_SUCH_PID)).toBeNull();
    expect(environmentOf(NO_SUCH_PID).size).toBe(0);
    expect(commandOf(NO_SUCH_PID)).toBe('unknown command');
    expect(cgroupHolds(NO_SUCH_PID, '/')).toBe(false);
  });
});
