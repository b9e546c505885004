import { describe, expect, it } from 'vitest';
import { armsOf, fitSlices, planBlocks, planLaunches } from '../../../harness/analysis/gate/plan.ts';

describe('the sampling plan', () => {
  it('P12: is the same for the same seed, and launch by launch the same for a longer run', () => {
    expect(planLaunches(7, 24)).toEqual(planLaunches(7, 24));
    expect(planLaunches(7, 24).slice(0, 8)).toEqual(planLaunches(7, 8));
    expect(planLaunches(8, 24)).not.toEqual(planLaunches(7, 24));
  });

  it('balances both arms within a block, in both orders, against a linear drift', () => {
    for (const order of ['ABBA', 'BAAB'] as const) {
      const arms = armsOf(order);
      const positions = (arm: string): number =>
        arms.reduce((sum, each, i) => sum + (each === arm ? i : 0), 0);
      expect(positions('base')).toBe(positions('head'));
      expect(arms[0]).not.toBe(arms[1]);
      expect(arms[2]).not.toBe(arms[3]);
    }
  });

  it('leaves order, ports and padding to chance, about evenly', () => {
    const plans = planLaunches(1, 1_000);
    const share = (holds: (plan: (typeof plans)[number]) => boolean): number =>
      plans.filter(holds).length / plans.length;
    expect(share((plan) => plan.startOrder[0] === 'base')).toBeCloseTo(0.5, 1);
    expect(share((plan) => plan.ports.base === 0)).toBeCloseTo(0.5, 1);
    expect(share((plan) => plan.blocks[0] === 'ABBA')).toBeCloseTo(0.5, 1);
    expect(share((plan) => plan.blocks[0] === plan.blocks[1])).toBeCloseTo(0.5, 1);
    for (const { ports, paddingBytes, blocks } of plans) {
      expect(ports.base).not.toBe(ports.head);
      expect(Math.max(paddingBytes.base, paddingBytes.head)).toBeLessThan(4_096);
      expect(blocks).toHaveLength(2);
    }
  });
});

describe('the blocks of a scenario', () => {
  it('P12: are drawn by launch and scenario alone: more of them begin with the same ones', () => {
    expect(planBlocks(7, 3, 1, 6)).toHaveLength(6);
    expect(planBlocks(7, 3, 1, 12).slice(0, 6)).toEqual(planBlocks(7, 3, 1, 6));
    const draws = Array.from({ length: 50 }, (_, launch) => planBlocks(7, launch, 0, 6).join());
    expect(new Set(draws).size).toBeGreaterThan(25);
  });

  const orders = planBlocks(1, 0, 0, 6);
  const plan = { sliceMs: 250, orders };

  it('stay as they are for a server whose responses are short beside a slice', () => {
    expect(fitSlices(plan, 0)).toEqual(plan);
    expect(fitSlices(plan, 31_250)).toEqual(plan);
  });

  it('are fewer and longer for a slow server: eight responses to a slice, and about the same load', () => {
    expect(fitSlices(plan, 62_500)).toEqual({ sliceMs: 500, orders: orders.slice(0, 3) });
    expect(fitSlices(plan, 93_750)).toEqual({ sliceMs: 750, orders: orders.slice(0, 2) });
  });

  it('are never fewer than two, nor their slices longer than ten seconds', () => {
    expect(fitSlices(plan, 500_000)).toEqual({ sliceMs: 4_000, orders: orders.slice(0, 2) });
    expect(fitSlices(plan, 60_000_000)).toEqual({ sliceMs: 10_000, orders: orders.slice(0, 2) });
    expect(fitSlices({ sliceMs: 250, orders: ['ABBA'] }, 500_000).orders).toEqual(['ABBA']);
  });
});
