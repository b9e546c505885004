import type { Clock } from '../base/clock.ts';
import type { SteadinessTest } from '../engine/fleet-timeline.ts';
import type { LoadDriver } from '../model/ports.ts';
import { createAutocannonDriver } from './autocannon/driver.ts';
import { noticingClockSteps } from './clock-steps.ts';
import { createDynoDriver } from './dyno/driver.ts';
import { createWrkDriver } from './wrk/driver.ts';

export interface DriverDeps {
  clock: Clock;
  /** Says from the windows of a warm-up so far whether it may end. */
  steadiness: SteadinessTest;
}

/** Every load driver by its id; a new one is a folder here and a line in this list. */
export function createDrivers(deps: DriverDeps): ReadonlyMap<string, LoadDriver> {
  const drivers: LoadDriver[] = [createAutocannonDriver(deps), createDynoDriver(deps), createWrkDriver(deps)];
  return new Map(drivers.map((driver) => [driver.id, noticingClockSteps(driver, deps.clock)]));
}
