import { formatShare } from '../base/units.ts';
import type { LoadDriver } from '../model/ports.ts';
import type { Scenario } from '../model/scenario.ts';
import type { DriverChoice } from '../model/session.ts';
import { isMeasured, type Trial } from '../model/trial.ts';

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
 * preference, that every target leaves a fifth of headroom in a short try-out; the last one, unproven, where all others
 * would be the limit.
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

/** A driver that is busier than this in a try-out has too little headroom for the trials to come. */
const HEADROOM_SHARE = 0.8;

/** What showed the driver to be the limit, or null where every target left it headroom. */
async function firstSaturation(
  scenario: Scenario,
  driver: LoadDriver,
  targetIds: readonly string[],
  tryOut: TryOut,
): Promise<string | null> {
  for (const targetId of targetIds) {
    const busy = busyShare(await tryOut(targetId, scenario, driver));
    if (busy >= HEADROOM_SHARE) {
      return `${driver.id} would be the limit (${formatShare(busy, 0)} busy in a try-out with ${targetId})`;
    }
  }
  return null;
}

/** How busy the busiest worker was, by its CPU or its event loop; 0 where nothing was measured. */
function busyShare(trial: Trial): number {
  if (!isMeasured(trial)) return 0;
  const { cpuUtilization, eventLoopUtilization } = trial.load.driverLoad;
  return Math.max(cpuUtilization.value ?? 0, eventLoopUtilization.value ?? 0);
}
