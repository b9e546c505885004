import { describe, expect, it } from 'vitest';
import { holmRejects } from '../../harness/analysis/holm.ts';

describe("Holm's procedure", () => {
  it('holds the smallest p against alpha / m, the next against alpha / (m - 1), and stops at the first failure', () => {
    expect(holmRejects([0.01, 0.04, 0.03, 0.005], 0.05)).toEqual([true, false, false, true]);
    expect(holmRejects([0.01, 0.02, 0.03, 0.005], 0.05)).toEqual([true, true, true, true]);
  });

  it('rejects nothing behind a p that fails, however small its own bar', () => {
    expect(holmRejects([0.02, 0.04, 0.03], 0.05)).toEqual([false, false, false]);
  });

  it('is a plain test for one p, and refuses what is no probability', () => {
    expect(holmRejects([0.05], 0.05)).toEqual([true]);
    expect(holmRejects([], 0.05)).toEqual([]);
    expect(() => holmRejects([1.5], 0.05)).toThrow(/not a probability/);
  });
});
