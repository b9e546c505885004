import { describe, expect, it } from 'vitest';
import { armsOf, planLaunches } from '../../../harness/analysis/gate/plan.ts';

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
