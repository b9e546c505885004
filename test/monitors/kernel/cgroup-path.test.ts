import { afterEach, describe, expect, it } from 'vitest';
import { type Controller, locateCgroup } from '../../../harness/monitors/kernel/cgroup-path.ts';
import { kernelFiles } from '../../../harness/monitors/kernel/kernel-files.ts';
import { type FixtureTree, fixtureTree } from '../support/fixture-tree.ts';

const SEPARATE_V1 = [
  '31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755',
  '32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu',
  '33 31 0:30 / /sys/fs/cgroup/cpuacct rw,relatime - cgroup cgroup rw,cpuacct',
  '35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory',
  '40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd',
];
const UNIFIED_BESIDE = '41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw';
const UNIFIED = '30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate';

describe('where a control group is found', () => {
  let tree: FixtureTree | null = null;
  afterEach(() => {
    tree?.dispose();
    tree = null;
  });

  const locate = (mounts: string[], memberships: string[], controller: Controller = 'cpuacct') => {
    tree?.dispose();
    tree = fixtureTree({
      'proc/self/mountinfo': `${mounts.join('\n')}\n`,
      'proc/9/cgroup': `${memberships.join('\n')}\n`,
    });
    return locateCgroup(kernelFiles(tree.root), 9, controller);
  };

  it('is the hierarchy of the controller itself where each has its own', () => {
    const memberships = ['4:memory:/docker/m', '2:cpuacct:/docker/a', '1:cpu:/docker/c', '0::/docker/u'];
    expect(locate([...SEPARATE_V1, UNIFIED_BESIDE], memberships)).toEqual({
      version: 1,
      path: '/sys/fs/cgroup/cpuacct/docker/a',
    });
    expect(locate([...SEPARATE_V1, UNIFIED_BESIDE], memberships, 'memory')).toEqual({
      version: 1,
      path: '/sys/fs/cgroup/memory/docker/m',
    });
  });

  it('is the unified hierarchy where there is no other', () => {
    expect(locate([UNIFIED], ['0::/system.slice/x.scope'])).toEqual({
      version: 2,
      path: '/sys/fs/cgroup/system.slice/x.scope',
    });
  });

  it('is relative to the part that is mounted, as within a container', () => {
    const part = '30 23 0:26 /docker/abc /sys/fs/cgroup rw - cgroup2 cgroup2 rw';
    expect(locate([part], ['0::/docker/abc/inner']).path).toBe('/sys/fs/cgroup/inner');
    expect(locate([part], ['0::/docker/abc']).path).toBe('/sys/fs/cgroup');
    expect(() => locate([part], ['0::/docker/abcdef'])).toThrow('lies outside of what is mounted');
  });

  it('may hold blanks and colons', () => {
    const mount = '30 23 0:26 / /mnt/control\\040groups rw - cgroup2 cgroup2 rw';
    expect(locate([mount], ['0::/a b:c']).path).toBe('/mnt/control groups/a b:c');
  });

  it('is not to be found where nothing carries the controller or the process is in no group of it', () => {
    expect(() => locate([], ['0::/x'])).toThrow('no control group hierarchy with cpuacct is mounted');
    expect(() => locate(SEPARATE_V1, ['4:memory:/x'])).toThrow('process 9 is in no cpuacct control group');
  });

  it('cannot be told of a process that is gone', () => {
    tree = fixtureTree({ 'proc/self/mountinfo': UNIFIED });
    const files = kernelFiles(tree.root);
    expect(() => locateCgroup(files, 9, 'memory')).toThrow('cannot read /proc/9/cgroup: ENOENT');
  });
});
