import { afterEach, describe, expect, it } from 'vitest';
import { cpuQuotaBetween, readCpuQuota } from '../../../harness/monitors/kernel/cpu-quota.ts';
import { kernelFiles } from '../../../harness/monitors/kernel/kernel-files.ts';
import { type FixtureTree, fixtureTree } from '../support/fixture-tree.ts';

const PID = 4_242;
const V1 = { 'proc/self/mountinfo': '33 31 0:30 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n' };
const V2 = { 'proc/self/mountinfo': '30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n' };
const STAT = 'nr_periods 40\nnr_throttled 30\n';

let tree: FixtureTree;
afterEach(() => tree.dispose());

/** The quota of the target in one group, with the harness in another. */
function quotaWith(
  files: Record<string, string>,
  groups: { target: string; harness: string | null },
): ReturnType<typeof readCpuQuota> {
  const prefix = files === V1 || 'v1' in files ? '3:cpu,cpuacct:' : '0::';
  const { v1: _, ...rest } = files;
  const harness =
    groups.harness === null ? {} : { [`proc/${process.pid}/cgroup`]: `${prefix}${groups.harness}\n` };
  tree = fixtureTree({ ...rest, ...harness, [`proc/${PID}/cgroup`]: `${prefix}${groups.target}\n` });
  return readCpuQuota(kernelFiles(tree.root), PID);
}

const apart = { target: '/target', harness: '/' };
const v1Files = (folder: string, quota: string, stat: Record<string, string> = {}) => ({
  [`sys/fs/cgroup/cpu${folder}/cpu.cfs_quota_us`]: `${quota}\n`,
  [`sys/fs/cgroup/cpu${folder}/cpu.cfs_period_us`]: '100000\n',
  ...stat,
});

describe('the CPU quota of a target', () => {
  it('is read under v1, with its periods', () => {
    const stat = { 'sys/fs/cgroup/cpu/target/cpu.stat': STAT };
    const files = { v1: '', ...V1, ...v1Files('/target', '20000', stat) };
    expect(quotaWith(files, apart)).toEqual({ cores: 0.2, periods: 40, throttledPeriods: 30 });
  });

  it('is read under v2, with its periods', () => {
    const files = {
      ...V2,
      'sys/fs/cgroup/target/cpu.max': '150000 100000\n',
      'sys/fs/cgroup/target/cpu.stat': `usage_usec 5\n${STAT}throttled_usec 9\n`,
    };
    expect(quotaWith(files, apart)).toEqual({ cores: 1.5, periods: 40, throttledPeriods: 30 });
  });

  it.each([
    ['v2 `max`', { ...V2, 'sys/fs/cgroup/target/cpu.max': 'max 100000\n' }],
    ['v1 -1', { v1: '', ...V1, ...v1Files('/target', '-1') }],
    ['no file', V2],
    ['text that is no number', { ...V2, 'sys/fs/cgroup/target/cpu.max': 'much\n' }],
  ])('is none for %s', (_, files) => {
    expect(quotaWith(files, apart)).toBeNull();
  });

  it('is none where no control group can be found', () => {
    tree = fixtureTree({});
    expect(readCpuQuota(kernelFiles(tree.root), PID)).toBeNull();
  });

  it('is the tightest of those above it', () => {
    const files = {
      ...V2,
      'sys/fs/cgroup/pod/cpu.max': '50000 100000\n',
      'sys/fs/cgroup/pod/target/cpu.max': '200000 100000\n',
    };
    expect(quotaWith(files, { target: '/pod/target', harness: '/' })).toMatchObject({ cores: 0.5 });
  });

  it('leaves out what the harness has to share: its own group, and those above both', () => {
    const files = {
      ...V2,
      'sys/fs/cgroup/pod/cpu.max': '50000 100000\n',
      'sys/fs/cgroup/pod/target/cpu.max': '200000 100000\n',
    };
    expect(quotaWith(files, { target: '/pod/target', harness: '/pod/us' })).toMatchObject({ cores: 2 });
    tree.dispose();
    expect(quotaWith(files, { target: '/pod', harness: '/pod' })).toBeNull();
  });

  it('counts where the group of the harness is unknown', () => {
    const files = { ...V2, 'sys/fs/cgroup/target/cpu.max': '10000 100000\n' };
    expect(quotaWith(files, { target: '/target', harness: null })).toEqual({
      cores: 0.1,
      periods: null,
      throttledPeriods: null,
    });
  });
});

describe('the record of a quota over a window', () => {
  const at = (periods: number | null, throttledPeriods: number | null) => ({
    cores: 0.2,
    periods,
    throttledPeriods,
  });
  // These need no tree; the one that is disposed of after each test is empty.
  const between = (...ends: Parameters<typeof cpuQuotaBetween>) => {
    tree = fixtureTree({});
    return cpuQuotaBetween(...ends);
  };

  it('shows the share of periods in which it ran out', () => {
    expect(between(at(40, 30), at(60, 45))).toEqual({
      cpuQuota: { cores: 0.2, throttledShare: { value: 0.75, missing: null } },
    });
  });

  it('shows no share of periods that were not counted, or did not pass', () => {
    expect(between(at(null, null), at(null, null)).cpuQuota?.throttledShare.missing).toMatch(
      /counts no periods/,
    );
    expect(between(at(40, 30), at(40, 30)).cpuQuota?.throttledShare.missing).toMatch(/no period/);
  });

  it('is absent where there was no quota, or no target any more', () => {
    expect(between(null, null)).toEqual({});
    expect(between(at(40, 30), null)).toEqual({});
  });
});
