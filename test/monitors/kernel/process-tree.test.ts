import { afterEach, describe, expect, it } from 'vitest';
import { kernelFiles } from '../../../harness/monitors/kernel/kernel-files.ts';
import { descendantsOf, ProcessTree, scanProcesses } from '../../../harness/monitors/kernel/process-tree.ts';
import { type FixtureTree, fixtureTree, type StatFields, statLine } from '../support/fixture-tree.ts';

const LEADER = 100;

describe('the process tree of a target', () => {
  let world: FixtureTree;
  afterEach(() => world.dispose());

  const populate = (...processes: StatFields[]): void => {
    world = fixtureTree({ 'proc/uptime': '1 1', 'proc/self/x': '' });
    for (const fields of processes) world.write(`proc/${fields.pid}/stat`, statLine(fields));
  };
  const find = (tree = new ProcessTree(kernelFiles(world.root), LEADER)): number[] => {
    tree.refresh();
    return [...tree.pids()].toSorted((a, b) => a - b);
  };

  it('is the leader, its group, its session, and all their descendants', () => {
    populate(
      { pid: LEADER, parent: 1 },
      { pid: 101, parent: LEADER, group: LEADER },
      { pid: 102, parent: 1, group: LEADER },
      { pid: 103, parent: 1, group: 103, session: LEADER },
      { pid: 104, parent: 103, group: 104 },
      { pid: 105, parent: 1, group: 105 },
      { pid: 1, parent: 0, group: 1 },
    );
    expect(find()).toEqual([100, 101, 102, 103, 104]);
  });

  it('holds a child whose pid is smaller than that of its parent, as after a wrap', () => {
    populate({ pid: LEADER }, { pid: 50, parent: 60, group: 50 }, { pid: 60, parent: LEADER, group: 60 });
    expect(find()).toEqual([50, 60, 100]);
  });

  it('keeps a member that another process adopts, and forgets those that have ended', () => {
    populate(
      { pid: LEADER },
      { pid: 101, parent: LEADER, group: 101 },
      { pid: 102, parent: 101, group: 102 },
    );
    const tree = new ProcessTree(kernelFiles(world.root), LEADER);
    expect(find(tree)).toEqual([100, 101, 102]);
    world.remove('proc/101');
    world.write('proc/102/stat', statLine({ pid: 102, parent: 1, group: 102 }));
    expect(find(tree)).toEqual([100, 102]);
  });

  it('finds what is started later', () => {
    populate({ pid: LEADER }, { pid: 7, parent: 1 });
    const tree = new ProcessTree(kernelFiles(world.root), LEADER);
    expect(find(tree)).toEqual([100]);
    world.write('proc/200/stat', statLine({ pid: 200, parent: LEADER, group: LEADER }));
    expect(find(tree)).toEqual([100, 200]);
  });

  it('leaves out a branch with all below it', () => {
    populate(
      { pid: 10 },
      { pid: 11, parent: 10 },
      { pid: 12, parent: 10 },
      { pid: 13, parent: 12 },
      { pid: 14, parent: 11 },
    );
    const processes = scanProcesses(kernelFiles(world.root));
    const pids = descendantsOf(processes, 10, new Set([12])).map(({ pid }) => pid);
    expect(pids.toSorted((a, b) => a - b)).toEqual([10, 11, 14]);
  });
});
