import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KIB } from '../../../harness/base/units.ts';
import { kernelFiles } from '../../../harness/monitors/kernel/kernel-files.ts';
import { ResidentMemory } from '../../../harness/monitors/kernel/resident-memory.ts';
import { type FixtureTree, fixtureTree, statusText } from '../support/fixture-tree.ts';

describe('resident memory of a set of processes', () => {
  let tree: FixtureTree;
  let memory: ResidentMemory;
  beforeEach(() => {
    tree = fixtureTree({
      'proc/1/status': statusText({ rss: 5_000, highWater: 6_000, file: 1_500 }, 4),
      'proc/2/status': statusText({ rss: 3_000, highWater: 9_000, file: 1_000 }, 2),
    });
    memory = new ResidentMemory(kernelFiles(tree.root));
  });
  afterEach(() => {
    memory.close();
    tree.dispose();
  });

  it('is the sum, with the bound of what counts twice', () => {
    memory.follow([1, 2]);
    expect(memory.sample()).toEqual({
      processes: 2,
      threads: 6,
      rssBytes: 8_000 * KIB,
      highWaterBytes: 15_000 * KIB,
      sharedAtMostBytes: 1_000 * KIB,
    });
  });

  it('can hold nothing twice where there is one process', () => {
    memory.follow([1]);
    expect(memory.sample().sharedAtMostBytes).toBe(0);
  });

  it('passes over a process that has ended but is still listed', () => {
    tree.write('proc/2/status', 'Name:\tserver\nState:\tZ (zombie)\nThreads:\t1\n');
    memory.follow([1, 2]);
    expect(memory.sample()).toMatchObject({ processes: 1, threads: 4, rssBytes: 5_000 * KIB });
  });

  it('follows what is found later, and each process once', () => {
    memory.follow([1]);
    memory.follow([1, 2]);
    expect(memory.sample().processes).toBe(2);
  });

  it('asks the kernel to start the high-water mark anew, by the one value that touches nothing else', () => {
    tree.write('proc/1/clear_refs', '');
    memory.follow([1]);
    memory.resetHighWater();
    expect(kernelFiles(tree.root).text('proc/1/clear_refs')).toBe('5');
    expect(memory.stalePeak()).toBeNull();
  });

  it('tells why a mark is stale, until it rises', () => {
    memory.follow([1]);
    memory.resetHighWater();
    expect(memory.stalePeak()).toContain('clear_refs: ENOENT');
    tree.write('proc/1/status', statusText({ rss: 5_000, highWater: 6_001, file: 1_500 }));
    expect(memory.stalePeak()).toBeNull();
  });

  it('F33 has no sample, and says why, where no process can be read', () => {
    memory.follow([77]);
    expect(() => memory.sample()).toThrow(
      'no process of the target can be read (cannot read /proc/77/status: ENOENT)',
    );
  });
});
