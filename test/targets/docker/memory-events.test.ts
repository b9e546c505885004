import { afterEach, describe, expect, it } from 'vitest';
import {
  describeMemoryEvents,
  memoryCgroup,
  readMemoryEvents,
} from '../../../harness/targets/docker/memory-events.ts';
import { tempFolder } from '../support/temp-folder.ts';

const folders: ReturnType<typeof tempFolder>[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) folder.remove();
});

function cgroup(files: Record<string, string>): string {
  const folder = tempFolder(files);
  folders.push(folder);
  return folder.path;
}

describe('the memory events of a container', () => {
  it('F09 are counted by cgroup v1', () => {
    const folder = cgroup({
      'memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 2\n',
      'memory.limit_in_bytes': '50331648\n',
      'memory.max_usage_in_bytes': '50331648\n',
    });
    expect(readMemoryEvents(folder)).toEqual({ oomKills: 2, limitBytes: 50_331_648, peakBytes: 50_331_648 });
  });

  it('F09 are counted by cgroup v2', () => {
    const folder = cgroup({
      'memory.events': 'low 0\nhigh 0\nmax 31\noom 1\noom_kill 1\noom_group_kill 0\n',
      'memory.max': '50331648\n',
      'memory.peak': '50200000\n',
    });
    expect(readMemoryEvents(folder)).toEqual({ oomKills: 1, limitBytes: 50_331_648, peakBytes: 50_200_000 });
  });

  it('have no limit where there is none, and no peak where the kernel is too old for it', () => {
    const folder = cgroup({ 'memory.events': 'oom_kill 0\n', 'memory.max': 'max\n' });
    expect(readMemoryEvents(folder)).toEqual({ oomKills: 0, limitBytes: null, peakBytes: null });
  });

  it('are null, never 0, where the cgroup is gone', () => {
    expect(readMemoryEvents('/sys/fs/cgroup/no/such/cgroup')).toBeNull();
    expect(readMemoryEvents(cgroup({ 'memory.events': 'low 0\n' }))).toBeNull();
  });

  it('are told with limit and peak', () => {
    const events = { oomKills: 1, limitBytes: 48 * 1_048_576, peakBytes: null };
    expect(describeMemoryEvents(events)).toBe(
      '[httpdyno] out of memory: 1 killed by the kernel, limit 48.0 MiB, peak unknown\n',
    );
  });
});

describe('the memory cgroup of a process', () => {
  it('is found for this one', () => {
    expect(memoryCgroup(process.pid)).toMatch(/^\/sys\/fs\/cgroup/);
  });

  it('is null for one that is gone', () => {
    expect(memoryCgroup(4_194_305)).toBeNull();
  });
});
