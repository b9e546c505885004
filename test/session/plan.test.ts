import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimatedTrialMs, planTrials } from '../../harness/session/plan.ts';
import { scenario } from '../support/factories.ts';

const targets = ['a', 'b', 'c', 'd'].map((id) => ({ id, scenarios: ['small', 'large'] }));
const scenarios = [{ id: 'small' }, { id: 'large' }];

describe('a plan', () => {
  it('P12: is the same for the same seed, and another for another', () => {
    const plan = planTrials({ targets, scenarios, rounds: 3, seed: 9 });
    expect(planTrials({ targets, scenarios, rounds: 3, seed: 9 })).toEqual(plan);
    expect(planTrials({ targets, scenarios, rounds: 3, seed: 10 })).not.toEqual(plan);
  });

  it('holds every cell exactly once in each round', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 0, max: 2 ** 31 - 1 }),
        (rounds, seed) => {
          const plan = planTrials({ targets, scenarios, rounds, seed });
          expect(plan.length).toBe(rounds * 8);
          for (let round = 0; round < rounds; round++) {
            const cells = plan
              .filter((trial) => trial.round === round)
              .map((trial) => `${trial.targetId} ${trial.scenarioId}`);
            expect(new Set(cells).size).toBe(8);
          }
          expect(plan.map((trial) => trial.index)).toEqual(plan.map((_, index) => index));
        },
      ),
    );
  });

  it('never runs all of one target and then all of the next', () => {
    const plan = planTrials({ targets, scenarios, rounds: 5, seed: 4 });
    for (const { id } of targets) {
      const rounds = new Set(plan.filter((trial) => trial.targetId === id).map((trial) => trial.round));
      expect(rounds.size).toBe(5);
    }
  });

  it('lets no target always follow the same one', () => {
    const plan = planTrials({ targets, scenarios: [{ id: 'small' }], rounds: 20, seed: 6 });
    const before = new Set(
      plan.flatMap((trial, i) => (trial.targetId === 'a' && i > 0 ? [plan[i - 1]?.targetId] : [])),
    );
    expect(before.size).toBeGreaterThan(2);
  });

  it('leaves out the cells that a target does not serve', () => {
    const plan = planTrials({ targets: [{ id: 'a', scenarios: ['large'] }], scenarios, rounds: 2, seed: 1 });
    expect(plan.map((trial) => trial.scenarioId)).toEqual(['large', 'large']);
  });

  it('gives every trial a seed of its own', () => {
    const plan = planTrials({ targets, scenarios, rounds: 10, seed: 3 });
    expect(new Set(plan.map((trial) => trial.seed)).size).toBe(plan.length);
  });

  it('B23: with no cell at all is refused, and says what shows the choice', () => {
    const act = (): unknown =>
      planTrials({ targets: [{ id: 'a', scenarios: ['other'] }], scenarios, rounds: 1, seed: 1 });
    expect(act).toThrow(expect.objectContaining({ code: 'NOTHING_TO_RUN', exitCode: 2 }));
  });

  it('estimates a trial by its phases', () => {
    expect(estimatedTrialMs(scenario({ warmup: 1_000, warmupMax: 2_000, measure: 5_000 }))).toBe(7_250);
  });
});
