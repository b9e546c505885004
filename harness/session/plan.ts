import { HarnessError } from '../base/errors.ts';
import { derivedSeed, seededRandom, shuffled } from '../base/random.ts';
import type { Scenario } from '../model/scenario.ts';
import type { PlannedTrial } from '../model/trial.ts';

/** What the order of trials is made from. */
export interface PlanInput {
  targets: readonly { id: string; scenarios: readonly string[] }[];
  scenarios: readonly Pick<Scenario, 'id'>[];
  rounds: number;
  seed: number;
}

/** Which targets meet which scenarios; NOTHING_TO_RUN where none does. */
export function cellsOf({
  targets,
  scenarios,
}: Pick<PlanInput, 'targets' | 'scenarios'>): Pick<PlannedTrial, 'targetId' | 'scenarioId'>[] {
  const cells = targets.flatMap((target) =>
    scenarios
      .filter((scenario) => target.scenarios.includes(scenario.id))
      .map((scenario) => ({ targetId: target.id, scenarioId: scenario.id })),
  );
  if (cells.length === 0) {
    throw new HarnessError('NOTHING_TO_RUN', 'no chosen target serves any of the chosen scenarios', {
      fix: '--target and --scenario; `httpdyno list` shows both',
    });
  }
  return cells;
}

/**
 * All trials in the order in which they run: N rounds over all cells, each in its own random order, so that a drift of
 * the machine meets every target alike and no target always follows the same one. Pure: the same input, the same plan.
 */
export function planTrials({ targets, scenarios, rounds, seed }: PlanInput): PlannedTrial[] {
  const cells = cellsOf({ targets, scenarios });
  const random = seededRandom(seed);
  const trials: PlannedTrial[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const cell of shuffled(cells, random)) {
      const index = trials.length;
      trials.push({ index, round, ...cell, seed: derivedSeed(seed, index) });
    }
  }
  return trials;
}

/** How long one trial of a scenario takes, in ms: the phases, and about a second to start, check and stop a target. */
export function estimatedTrialMs(scenario: Scenario): number {
  return scenario.warmup + (scenario.warmupMax - scenario.warmup) / 4 + scenario.measure + 1_000;
}
