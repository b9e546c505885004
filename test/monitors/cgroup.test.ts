import { afterEach, describe, expect, it } from 'vitest';
import { KIB, MIB } from '../../harness/base/units.ts';
import {
  CONTAINER_ID,
  type FixtureTree,
  fixtureTree,
  hybridContainer,
  machineFiles,
  processFiles,
  statusText,
  v1Container,
  v2Container,
} from './support/fixture-tree.ts';
import { observeDuring, valueOf } from './support/observing.ts';

const PID = 4_242;
const scope = { kind: 'container', containerId: CONTAINER_ID, initPid: PID } as const;
const v1Cpu = `sys/fs/cgroup/cpu,cpuacct/docker/${CONTAINER_ID}`;
const v1Memory = `sys/fs/cgroup/memory/docker/${CONTAINER_ID}`;
const v2Folder = `sys/fs/cgroup/system.slice/docker-${CONTAINER_ID}.scope`;

describe('the control group of a container', () => {
  let tree: FixtureTree;
  afterEach(() => tree.dispose());

  const open = (files: Record<string, string>): void => {
    tree = fixtureTree({ ...machineFiles, ...processFiles({ pid: PID }, 7_000), ...files });
  };
  const observeWhile = (work: () => void) => observeDuring(scope, async () => work(), { fsRoot: tree.root });

  it('under v1 gives exact CPU time, its split scaled to it, and page cache without shared memory', async () => {
    open(v1Container(PID));
    const { resources } = await observeWhile(() => {
      tree.write(`${v1Cpu}/cpuacct.usage`, '5800000000\n');
      tree.write(`${v1Cpu}/cpuacct.usage_user`, '3300000000\n');
      tree.write(`${v1Cpu}/cpuacct.usage_sys`, '1100000000\n');
    });
    expect(resources.source).toBe('cgroup-v1');
    expect(resources.cpuNs.value).toBe(800_000_000);
    expect(resources.cpuUserNs.value).toBeCloseTo(600_000_000, 3);
    expect(resources.cpuSystemNs.value).toBeCloseTo(200_000_000, 3);
    expect(resources.pageCacheBytes.value).toBe(96 * MIB);
    expect(resources.notes).toEqual([]);
  });

  it('under v1 without a split leaves it missing and keeps the total', async () => {
    open(v1Container(PID));
    tree.remove(`${v1Cpu}/cpuacct.usage_user`);
    const { resources } = await observeWhile(() => tree.write(`${v1Cpu}/cpuacct.usage`, '5000000001\n'));
    expect(resources.cpuNs.value).toBe(1);
    expect(resources.cpuUserNs.missing).toContain('user and system');
  });

  it('under v2 gives CPU time in µs steps and page cache from memory.stat', async () => {
    open(v2Container(PID));
    const { resources } = await observeWhile(() =>
      tree.write(`${v2Folder}/cpu.stat`, 'usage_usec 5400000\nuser_usec 3300000\nsystem_usec 2100000\n'),
    );
    expect(resources.source).toBe('cgroup-v2');
    expect(resources.cpuNs.value).toBe(400_000_000);
    expect(resources.cpuUserNs.value).toBeCloseTo(300_000_000, 3);
    expect(resources.pageCacheBytes.value).toBe(96 * MIB);
  });

  it('under the hybrid layout takes each controller from where it is mounted', async () => {
    open(hybridContainer(PID));
    const { resources } = await observeWhile(() => undefined);
    expect(resources.source).toBe('cgroup-v2');
    expect(resources.cpuNs.value).toBe(0);
    expect(resources.pageCacheBytes.value).toBe(96 * MIB);
  });

  it('is found below a mount that shows a part of the hierarchy only', async () => {
    open(v2Container(PID));
    tree.write('proc/self/mountinfo', '30 23 0:26 /system.slice /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n');
    tree.write(
      `sys/fs/cgroup/docker-${CONTAINER_ID}.scope/cpu.stat`,
      'usage_usec 1\nuser_usec 1\nsystem_usec 0\n',
    );
    tree.write(`sys/fs/cgroup/docker-${CONTAINER_ID}.scope/cgroup.procs`, `${PID}\n`);
    const { resources } = await observeWhile(() => undefined);
    expect(resources.source).toBe('cgroup-v2');
  });

  it('takes memory from the processes in it, so that both launchers mean the same by it', async () => {
    open(v1Container(PID));
    tree.write(`${v1Cpu}/cgroup.procs`, `${PID}\n77\n`);
    for (const [file, text] of Object.entries(processFiles({ pid: 77 }, 1))) tree.write(file, text);
    const { resources } = await observeWhile(() => undefined);
    expect(valueOf(resources.memoryRssMeanBytes)).toBe(2 * 9_000 * KIB);
    expect(valueOf(resources.memoryRssPeakBytes)).toBe(2 * 9_500 * KIB);
    expect(valueOf(resources.threads)).toBe(2);
    expect(resources.notes.join()).toContain(`at most ${1_000 * KIB} bytes more than once`);
  });

  it('G14 memory peak: is the high-water mark, not the largest sample', async () => {
    open(v2Container(PID));
    const { resources } = await observeWhile(() =>
      tree.write(`proc/${PID}/status`, statusText({ rss: 9_000, highWater: 300_000, file: 1_000 })),
    );
    expect(valueOf(resources.memoryRssPeakBytes)).toBe(300_000 * KIB);
    expect(valueOf(resources.memoryRssMeanBytes)).toBe(9_000 * KIB);
  });

  it.each([
    { name: 'v1', files: v1Container(PID) },
    { name: 'v2', files: v2Container(PID) },
  ])(
    'falls back to anonymous memory under $name where no process can be read, and claims no peak',
    async ({ files }) => {
      open(files);
      tree.remove(`proc/${PID}/status`);
      const { resources } = await observeWhile(() => undefined);
      expect(valueOf(resources.memoryRssMeanBytes)).toBe(8 * MIB);
      expect(resources.memoryRssPeakBytes.missing).toContain('page cache');
      expect(resources.notes.join()).toContain('page cache included: 200000000 bytes');
    },
  );

  it.each([
    { name: 'v1', files: v1Container(PID), file: `${v1Memory}/memory.oom_control` },
    { name: 'v2', files: v2Container(PID), file: `${v2Folder}/memory.events` },
  ])('tells under $name of processes that were killed for lack of memory', async ({ files, file }) => {
    open(files);
    const { resources } = await observeWhile(() => tree.write(file, 'oom_kill 2\n'));
    expect(resources.notes).toContain('the kernel killed 2 processes of the target for lack of memory');
  });

  it('says when the high-water mark could not be reset and has not risen since', async () => {
    open(v2Container(PID));
    tree.remove(`proc/${PID}/clear_refs`);
    const same = await observeWhile(() => undefined);
    expect(same.resources.notes.join()).toContain('counts since the target started');
    const risen = await observeWhile(() =>
      tree.write(`proc/${PID}/status`, statusText({ rss: 9_000, highWater: 9_600, file: 1_000 })),
    );
    expect(risen.resources.notes.join()).not.toContain('counts since the target started');
  });

  it('is not used when it holds more than the container: the process tree is read, and the notes say why', async () => {
    open(v2Container(PID));
    tree.write(`proc/${PID}/cgroup`, '0::/user.slice/session-1.scope\n');
    tree.write(
      'sys/fs/cgroup/user.slice/session-1.scope/cpu.stat',
      'usage_usec 1\nuser_usec 1\nsystem_usec 0\n',
    );
    const { resources } = await observeWhile(() => undefined);
    expect(resources.source).toBe('proc-tree');
    expect(resources.notes.join()).toContain('does not belong to the container alone');
  });
});

describe('F33 what cannot be read is missing with its reason, and never 0', () => {
  let tree: FixtureTree;
  afterEach(() => tree.dispose());
  const observeWhile = (work: () => void) => observeDuring(scope, async () => work(), { fsRoot: tree.root });

  it('where the kernel shows nothing at all', async () => {
    tree = fixtureTree({});
    const { resources, machine } = await observeWhile(() => undefined);
    const { cpuNs, cpuUserNs, memoryRssMeanBytes, memoryRssPeakBytes, pageCacheBytes, threads } = resources;
    const readings = [cpuNs, cpuUserNs, memoryRssMeanBytes, memoryRssPeakBytes, pageCacheBytes, threads];
    expect(readings.map(({ value }) => value)).toEqual(readings.map(() => null));
    expect(cpuNs.missing).toContain('ENOENT');
    expect(memoryRssMeanBytes.missing).toContain('no process of the target can be read');
    for (const reading of Object.values(machine)) expect(reading.value).toBeNull();
  });

  it('where the control group is not readable and no process is visible', async () => {
    tree = fixtureTree({ ...machineFiles, ...v2Container(PID) });
    tree.remove(`${v2Folder}/cpu.stat`);
    const { resources } = await observeWhile(() => undefined);
    expect(resources.source).toBe('none');
    expect(resources.cpuNs.missing).toContain(`cgroup: cannot read /${v2Folder}/cpu.stat: ENOENT`);
    expect(resources.cpuNs.missing).toContain(`proc-tree: cannot read /proc/${PID}/stat: ENOENT`);
  });

  it('where a counter loses its content inside the window', async () => {
    tree = fixtureTree({ ...machineFiles, ...processFiles({ pid: PID }, 1), ...v1Container(PID) });
    const { resources } = await observeWhile(() => tree.write(`${v1Cpu}/cpuacct.usage`, ''));
    expect(resources.cpuNs.missing).toContain('cpuacct.usage holds no number');
    expect(resources.memoryRssMeanBytes.value).not.toBeNull();
  });

  it('where the control group empties inside the window', async () => {
    tree = fixtureTree({ ...machineFiles, ...processFiles({ pid: PID }, 1), ...v1Container(PID) });
    const { resources } = await observeWhile(() => tree.write(`${v1Cpu}/cgroup.procs`, ''));
    expect(resources.cpuNs.missing).toBe('the target ended inside the window');
  });

  it('where page cache alone cannot be read', async () => {
    tree = fixtureTree({ ...machineFiles, ...processFiles({ pid: PID }, 1), ...v2Container(PID) });
    tree.write(`${v2Folder}/memory.stat`, 'anon 1\n');
    const { resources } = await observeWhile(() => undefined);
    expect(resources.pageCacheBytes.missing).toContain('has no file');
    expect(resources.cpuNs.value).toBe(0);
  });
});
