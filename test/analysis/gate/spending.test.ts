import { describe, expect, it } from 'vitest';
import { LOOKS, RED_ALPHA } from '../../../harness/analysis/gate/profile.ts';
import { lookAlphas } from '../../../harness/analysis/gate/spending.ts';

describe('alpha spending', () => {
  it('grows linearly with launches and sums to alpha', () => {
    expect(lookAlphas([8, 16, 24], 0.06).map((alpha) => alpha.toFixed(6))).toEqual([
      '0.020000',
      '0.020000',
      '0.020000',
    ]);
    const total = lookAlphas(LOOKS, 0.05).reduce((a, b) => a + b, 0);
    expect(total).toBeCloseTo(0.05, 12);
  });

  it('keeps for later what a look with too few launches cannot spend', () => {
    const twelveCells = lookAlphas(LOOKS, RED_ALPHA / 12);
    expect(twelveCells[0]).toBe(0);
    expect(twelveCells[1]).toBeCloseTo((RED_ALPHA / 12) * (12 / 24), 12);
    expect(twelveCells.reduce((a, b) => a + b, 0)).toBeCloseTo(RED_ALPHA / 12, 12);
    for (const [i, alpha] of twelveCells.entries())
      expect(alpha === 0 || alpha >= 2 ** -(LOOKS[i] ?? 0)).toBe(true);
  });
});
