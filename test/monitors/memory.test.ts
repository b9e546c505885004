import { rmSync, writeFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MIB } from '../../harness/base/units.ts';
import { type KnownLoad, startKnownLoad } from './support/known-load.ts';
import { observeDuring, valueOf } from './support/observing.ts';

const linux = process.platform === 'linux';
const idle = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe.runIf(linux)('memory of a process', () => {
  let target: KnownLoad;
  beforeEach(async () => {
    target = await startKnownLoad();
    await target.ask('free');
  });
  afterEach(() => target.stop());

  const scope = () => ({ kind: 'process-group', leaderPid: target.pid }) as const;
  const meanWhileIdle = async () =>
    valueOf((await observeDuring(scope(), () => idle(250))).resources.memoryRssMeanBytes);

  it.each([64, 256])(
    'G13 memory level: %d MiB that are touched raise it by that, to 1 MiB or 1 %',
    async (mib) => {
      const before = await meanWhileIdle();
      await target.ask(`hold ${mib}`);
      const delta = (await meanWhileIdle()) - before;
      expect(Math.abs(delta - mib * MIB)).toBeLessThanOrEqual(Math.max(MIB, (mib * MIB) / 100));
    },
  );

  it('G14 memory peak: a spike of 200 MiB for 30 ms is caught between samples', async () => {
    const before = await meanWhileIdle();
    const { resources } = await observeDuring(scope(), async () => {
      await target.ask('spike 200 30');
      await target.ask('free');
      await idle(300);
    });
    expect(valueOf(resources.memoryRssPeakBytes) - before).toBeGreaterThanOrEqual(0.99 * 200 * MIB);
    expect(valueOf(resources.memoryRssPeakBytes) - before).toBeLessThanOrEqual(210 * MIB);
    expect(resources.series.at(-1)?.rssBytes ?? 0).toBeLessThan(before + 100 * MIB);
  });

  it('G14 memory peak: what was before the window does not count', async () => {
    await target.ask('spike 200 30');
    await target.ask('free');
    const { resources } = await observeDuring(scope(), () => idle(200));
    const peak = valueOf(resources.memoryRssPeakBytes);
    expect(peak).toBeLessThan(valueOf(resources.memoryRssMeanBytes) + 50 * MIB);
    expect(resources.notes.join()).not.toContain('since the target started');
  });

  it('G15 page cache: reading a file of 100 MiB raises it by at most 2 MiB', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'httpdyno-cache-'));
    try {
      const file = path.join(folder, 'content');
      writeFileSync(file, Buffer.alloc(100 * MIB, 1));
      await target.ask(`read ${file}`);
      const before = await meanWhileIdle();
      const { resources } = await observeDuring(scope(), () => target.ask(`read ${file}`));
      expect(valueOf(resources.memoryRssPeakBytes) - before).toBeLessThanOrEqual(2 * MIB);
      expect(resources.pageCacheBytes.missing).toContain('control groups, not to processes');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('says for several processes how sum and peak are to be read', async () => {
    await target.ask('children 2 10 2');
    const { resources } = await observeDuring(scope(), () => idle(150));
    expect(resources.notes.join()).toMatch(/sum of 3 processes.*upper bound/);
    expect(valueOf(resources.threads)).toBeGreaterThan(3);
  });
});
