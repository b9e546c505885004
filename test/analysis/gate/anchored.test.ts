import { describe, expect, it } from 'vitest';
import { type BaselineRun, screenAnchored } from '../../../harness/analysis/gate/anchored.ts';
import { seededRandom } from '../../../harness/base/random.ts';
import { normal } from '../support/random-variates.ts';

/** Runs of eight launches; runs differ by 3 %, launches of a run by 2 %. */
function runs(seed: number, count: number, slowdown = 0): BaselineRun[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => {
    const level = Math.log1p(slowdown) + 0.03 * normal(random);
    return Array.from({ length: 8 }, () => level + 0.02 * normal(random));
  });
}
const kindOf = (seed: number, slowdown: number, history = 20): string =>
  screenAnchored(runs(seed, history), runs(seed + 50_000, 1, slowdown)[0] ?? [], 0.02).kind;
const suspicions = (slowdown: number, history?: number): number =>
  Array.from({ length: 500 }, (_, seed) => kindOf(seed + 1, slowdown, history)).filter(
    (kind) => kind === 'suspected',
  ).length;

describe('the anchored screen', () => {
  it('suspects an unchanged target in about 1 % of runs, also with the shortest baseline', () => {
    expect(suspicions(0)).toBeLessThanOrEqual(11);
    expect(suspicions(0, 6)).toBeLessThanOrEqual(11);
  });

  it('suspects a slowdown of 20 % nearly always', () => {
    expect(suspicions(0.2)).toBeGreaterThanOrEqual(490);
  });

  it('takes runs and not launches as its evidence: launches alone would hide how runs differ', () => {
    // Eight launches 4 % above a baseline whose runs spread by 3 %: nothing unusual.
    const baseline = [-0.03, 0.03, -0.02, 0.02, -0.04, 0.04].map((level) =>
      Array.from({ length: 8 }, () => level),
    );
    const run = Array.from({ length: 8 }, () => 0.04);
    expect(screenAnchored(baseline, run, 0.02)).toMatchObject({
      kind: 'within',
      why: expect.stringMatching(/^4\.1 % against 6 runs, foretold up to 1\d\.\d %$/),
    });
  });

  it('never suspects what lies within the no-change zone, however steady the baseline was', () => {
    const steady = Array.from({ length: 10 }, (_, i) => [i / 1e6]);
    expect(screenAnchored(steady, [0.015], 0.02).kind).toBe('within');
    expect(screenAnchored(steady, [0.03], 0.02).kind).toBe('suspected');
    expect(screenAnchored(steady, [-0.5], 0.02).kind).toBe('within');
  });

  it('says when the baseline is too young, or the run empty', () => {
    expect(screenAnchored(runs(1, 5), [0], 0.02)).toEqual({
      kind: 'baseline-too-young',
      why: '5 accepted runs, a prediction needs 6',
    });
    expect(screenAnchored([...runs(1, 5), []], [0], 0.02).kind).toBe('baseline-too-young');
    expect(screenAnchored(runs(1, 9), [], 0.02).kind).toBe('unmeasured');
  });
});
