import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type KnownLoad, startKnownLoad } from './support/known-load.ts';
import { observeDuring, valueOf } from './support/observing.ts';

const linux = process.platform === 'linux';

describe.runIf(linux)('CPU time of a process tree', () => {
  let target: KnownLoad;
  beforeEach(async () => {
    target = await startKnownLoad();
  });
  afterEach(() => target.stop());

  const scope = () => ({ kind: 'process-group', leaderPid: target.pid }) as const;

  it.each([
    { ms: 100, duty: 50 },
    { ms: 500, duty: 25 },
    { ms: 500, duty: 50 },
    { ms: 2_000, duty: 50 },
  ])('G11 CPU: $ms ms at $duty % duty agree with getrusage to 1 % or 2 ms', async ({ ms, duty }) => {
    const before = await target.ask('ready');
    let after = before;
    const { resources } = await observeDuring(scope(), async () => {
      after = await target.ask(`burn ${ms} ${duty}`);
    });
    const truthUs = after.cpuUs - before.cpuUs;
    const errorUs = valueOf(resources.cpuNs) / 1_000 - truthUs;
    expect(resources.source).toBe('proc-tree');
    expect(truthUs).toBeGreaterThanOrEqual(ms * 1_000);
    expect(Math.abs(errorUs)).toBeLessThanOrEqual(Math.max(2_000, truthUs / 100));
    expect(resources.notes.filter((note) => !note.includes(' late'))).toEqual([]);
  });

  it('divides it into user and system time that add up to the whole', async () => {
    const { resources } = await observeDuring(scope(), () => target.ask('burn 300 100'));
    const parts = valueOf(resources.cpuUserNs) + valueOf(resources.cpuSystemNs);
    expect(parts).toBeCloseTo(valueOf(resources.cpuNs), -3);
    expect(valueOf(resources.cpuUserNs)).toBeGreaterThan(0);
  });

  it('G12 CPU tree: four children count, also the one that ends early', async () => {
    const before = await target.ask('ready');
    let [after, childrenUs] = [before, 0];
    const { resources } = await observeDuring(scope(), async () => {
      after = await target.ask('children 4 200 3');
      childrenUs = Array.isArray(after.result)
        ? after.result.reduce((sum: number, us) => sum + Number(us), 0)
        : 0;
    });
    const truthUs = after.cpuUs - before.cpuUs + childrenUs;
    expect(childrenUs).toBeGreaterThanOrEqual(800_000);
    const errorUs = valueOf(resources.cpuNs) / 1_000 - truthUs;
    // The children go on for a moment after they have told their time, and ticks bound the one that ended.
    expect(errorUs).toBeGreaterThanOrEqual(-20_000);
    expect(errorUs).toBeLessThanOrEqual(Math.max(40_000, truthUs / 20));
    expect(resources.notes.join()).toMatch(/CPU time is known to ±[24]0 ms/);
    expect(resources.notes.join()).not.toContain('partial');
  });

  it('G12 CPU tree: a child that comes and goes between two looks counts', async () => {
    const before = await target.ask('ready');
    let [after, childUs] = [before, 0];
    const { resources } = await observeDuring(scope(), async () => {
      after = await target.ask('children 1 60 0');
      childUs = Array.isArray(after.result) ? Number(after.result[0]) : 0;
    });
    const truthUs = after.cpuUs - before.cpuUs + childUs;
    const errorUs = valueOf(resources.cpuNs) / 1_000 - truthUs;
    expect(childUs).toBeGreaterThanOrEqual(60_000);
    expect(errorUs).toBeGreaterThanOrEqual(-20_000);
    expect(errorUs).toBeLessThanOrEqual(40_000);
  });

  it('counts a thread that has ended, to the ticks that its process shows', async () => {
    const before = await target.ask('ready');
    let after = before;
    const { resources } = await observeDuring(scope(), async () => {
      after = await target.ask('thread 300');
    });
    const errorUs = valueOf(resources.cpuNs) / 1_000 - (after.cpuUs - before.cpuUs);
    expect(Math.abs(errorUs)).toBeLessThanOrEqual(21_000);
    expect(resources.notes.join()).toMatch(/±[24]0 ms/);
  });

  it('samples it ten times a second', async () => {
    const { resources } = await observeDuring(scope(), () => target.ask('burn 600 50'));
    const { series } = resources;
    const windowMs = resources.windowUs / 1_000;
    expect(series.length).toBeGreaterThanOrEqual(Math.floor((windowMs / 100) * 0.6));
    expect(series.length).toBeLessThanOrEqual(Math.ceil(windowMs / 100) + 1);
    const last = series.at(-1)?.tMs ?? 0;
    expect(last).toBeCloseTo(windowMs, 1);
    const integralNs = series.reduce((sum, { tMs, cpuCores }, index) => {
      return sum + (cpuCores ?? 0) * (tMs - (series[index - 1]?.tMs ?? 0)) * 1e6;
    }, 0);
    expect(integralNs / valueOf(resources.cpuNs)).toBeCloseTo(1, 6);
  });

  it('is missing, with a note, for a target that dies inside the window', async () => {
    const { resources } = await observeDuring(scope(), async () => {
      void target.ask('burn 5000 50');
      await new Promise((resolve) => setTimeout(resolve, 250));
      await target.stop();
    });
    expect(resources.cpuNs).toEqual({ value: null, missing: 'the target ended inside the window' });
    expect(resources.memoryRssPeakBytes.value).toBeNull();
    expect(resources.notes.join()).toContain('nothing of the target was left');
    expect(resources.series.at(-1)?.cpuCores).toBeNull();
  });
});
