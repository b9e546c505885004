import { afterEach, describe, expect, it } from 'vitest';
import { ownerIsAlive, thisOwner } from '../../harness/targets/owner.ts';
import { readProcess } from '../../harness/targets/proc/processes.ts';
import { fixtureSpec, targetFleet } from './support/fixtures.ts';

const fleet = targetFleet();
afterEach(fleet.stopAll);

describe('the owner in a label', () => {
  it('is this process, and alive', () => {
    expect(thisOwner()).toBe(`${process.pid}:${readProcess(process.pid)?.startTicks}`);
    expect(ownerIsAlive(thisOwner())).toBe(true);
  });

  it('is dead when its pid has gone to another process', () => {
    const [pid, ticks] = thisOwner().split(':');
    expect(ownerIsAlive(`${pid}:${Number(ticks) - 1}`)).toBe(false);
  });

  it('is dead when nothing has its pid', async () => {
    const target = await fleet.start(fixtureSpec('never-listens'));
    const { leaderPid } = target.scope.kind === 'process-group' ? target.scope : { leaderPid: 0 };
    const owner = `${leaderPid}:${readProcess(leaderPid)?.startTicks}`;
    expect(ownerIsAlive(owner)).toBe(true);
    await target.stop();
    expect(ownerIsAlive(owner)).toBe(false);
  });

  it.each(['', 'somebody', '12', '12:', ':12', '-1:5', '12:34:56', '1e3:5'])(
    'counts as alive when it cannot be read (%j): what is not certainly ours is left alone',
    (owner) => {
      expect(ownerIsAlive(owner)).toBe(true);
    },
  );
});
