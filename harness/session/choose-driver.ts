import type { LoadDriver } from '../model/ports.ts';
import type { Scenario } from '../model/scenario.ts';
import type { DriverChoice } from '../model/session.ts';
import type { Trial } from '../model/trial.ts';

/** A short trial of one target under one driver; its figures serve the choice of the driver and nothing else. */
export type TryOut = (targetId: string, scenario: Scenario, driver: LoadDriver) => Promise<Trial>;

const TRY_OUT_WARMUP_MS = 300;
const TRY_OUT_MEASURE_MS = 500;

/** The scenario as a try-out runs it. */
export function tryOutScenario(scenario: Scenario): Scenario {
  return {
    ...scenario,
    warmup: TRY_OUT_WARMUP_MS,
    warmupMax: TRY_OUT_WARMUP_MS,
    measure: TRY_OUT_MEASURE_MS,
  };
}

/**
 * One driver for all targets of a scenario, so that their figures compare: the first of the candidates, in order of
 * preference, that no target saturates in a short try-out; the last one, unproven, where all others were saturated.
 */
export async function chooseDriver(
  scenario: Scenario,
  candidates: readonly [LoadDriver, ...LoadDriver[]],
  targetIds: readonly string[],
  tryOut: TryOut,
): Promise<DriverChoice> {
  const limits: string[] = [];
  let driver = candidates[0];
  for (const next of candidates.slice(1)) {
    const limit = await firstSaturation(tryOutScenario(scenario), driver, targetIds, tryOut);
    if (limit === null) break;
    limits.push(limit);
    driver = next;
  }
  const why =
    limits.length > 0
      ? `${limits.join('; ')}.`
      : `${driver.id} was the limit for none of the targets in a try-out.`;
  return { scenarioId: scenario.id, driver: driver.id, why, ceilingRps: null };
}

/** What showed the driver to be the limit, or null where no target saturated it. */
async function firstSaturation(
  scenario: Scenario,
  driver: LoadDriver,
  targetIds: readonly string[],
  tryOut: TryOut,
): Promise<string | null> {
  for (const targetId of targetIds) {
    const { reasons } = await tryOut(targetId, scenario, driver);
    const saturated = reasons.find(({ code }) => code === 'DRIVER_SATURATED');
    if (saturated !== undefined)
      return `${driver.id} would be the limit (try-out with ${targetId}: ${saturated.detail})`;
  }
  return null;
}
