import { HarnessError } from '../base/errors.ts';
import type { LoadDriver } from '../model/ports.ts';
import type { Scenario } from '../model/scenario.ts';
import type { DriverChoice } from '../model/session.ts';
import { chooseDriver, type TryOut } from '../session/choose-driver.ts';

/** `--driver auto` tries these in this order: the best known first, the one with the highest ceiling last. */
const AUTO_PREFERENCE = ['autocannon', 'dyno'];

/** The drivers that a flag allows, in order of preference; refused where none of them can work here. */
export async function candidateDrivers(
  drivers: ReadonlyMap<string, LoadDriver>,
  wanted: string,
): Promise<readonly [LoadDriver, ...LoadDriver[]]> {
  const ids = wanted === 'auto' ? AUTO_PREFERENCE : [wanted];
  const candidates: LoadDriver[] = [];
  const obstacles: string[] = [];
  for (const id of ids) {
    const driver = drivers.get(id);
    if (driver === undefined) {
      const known = ['auto', ...drivers.keys()].join(', ');
      throw new HarnessError('DRIVER_UNKNOWN', `--driver: no "${id}" here (there are ${known})`);
    }
    const obstacle = await driver.unavailable();
    if (obstacle === null) candidates.push(driver);
    else obstacles.push(`${id}: ${obstacle}`);
  }
  const [first, ...others] = candidates;
  if (first === undefined)
    throw new HarnessError('DRIVER_UNAVAILABLE', `--driver ${wanted}: ${obstacles.join('; ')}`);
  return [first, ...others];
}

/** Of the candidates, those that can drive the loop which a scenario asks for. */
export function capableOf(
  candidates: readonly LoadDriver[],
  scenario: Scenario,
): readonly [LoadDriver, ...LoadDriver[]] {
  const [first, ...others] = candidates.filter((driver) => driver.loops.includes(scenario.loop.kind));
  if (first === undefined) {
    const ids = candidates.map(({ id }) => id).join(', ');
    throw new HarnessError(
      'USAGE',
      `--driver: ${ids} cannot drive the ${scenario.loop.kind} loop that ${scenario.id} asks for`,
    );
  }
  return [first, ...others];
}

/** The driver of each scenario: the one that was asked for, or the first that no target saturates. */
export async function driverOfEach(
  candidates: readonly LoadDriver[],
  wanted: string,
  scenarios: readonly { scenario: Scenario; targetIds: readonly string[] }[],
  tryOut: TryOut,
): Promise<DriverChoice[]> {
  const choices: DriverChoice[] = [];
  for (const { scenario, targetIds } of scenarios) {
    const capable = capableOf(candidates, scenario);
    const why = wanted === 'auto' ? 'The only driver that can drive this loop.' : 'It was asked for.';
    choices.push(
      capable.length === 1
        ? { scenarioId: scenario.id, driver: capable[0].id, why, ceilingRps: null }
        : await chooseDriver(scenario, capable, targetIds, tryOut),
    );
  }
  return choices;
}
