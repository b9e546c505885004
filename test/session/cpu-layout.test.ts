import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layoutCpus, parseCpuList } from '../../harness/session/cpu-layout.ts';

describe('the CPU layout', () => {
  it('gives target and driver disjoint CPUs that make up all of them, whatever their number', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 511 }), { minLength: 2, maxLength: 64 }),
        (allowed) => {
          const { target, driver, disjoint } = layoutCpus(allowed);
          expect(disjoint).toBe(true);
          expect([...driver, ...target].toSorted((a, b) => a - b)).toEqual(allowed.toSorted((a, b) => a - b));
          expect(driver.length).toBeGreaterThan(0);
          expect(target.length).toBeGreaterThanOrEqual(driver.length);
        },
      ),
    );
  });

  it('keeps hyper-threads of one core on one side, however they are numbered', () => {
    const pairs = new Map([
      [0, [0, 2]],
      [2, [0, 2]],
      [1, [1, 3]],
      [3, [1, 3]],
    ]);
    expect(layoutCpus([0, 1, 2, 3], (cpu) => pairs.get(cpu) ?? [cpu])).toEqual({
      driver: [0, 2],
      target: [1, 3],
      disjoint: true,
    });
  });

  it('parts the hyper-threads of the only core, which is better than sharing one', () => {
    expect(layoutCpus([0, 1], () => [0, 1])).toEqual({ driver: [0], target: [1], disjoint: true });
  });

  it('says so when there is but one CPU to share', () => {
    expect(layoutCpus([3])).toEqual({ target: [3], driver: [3], disjoint: false });
  });
});

describe('a CPU list of the kernel', () => {
  it.each([
    ['0', [0]],
    ['0-3', [0, 1, 2, 3]],
    ['8,0-1', [0, 1, 8]],
    ['0-1\n', [0, 1]],
  ])('%j is %j', (text, cpus) => {
    expect(parseCpuList(text)).toEqual(cpus);
  });

  it.each(['', 'a', '3-1', '1-', '0,,1', '99999'])('%j is none', (text) => {
    expect(parseCpuList(text)).toBeNull();
  });
});
