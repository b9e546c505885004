import { warmupState } from '../analysis/steady-state.ts';
import type { Clock } from '../base/clock.ts';
import { createDrivers } from '../drivers/index.ts';
import type { LoadDriver } from '../model/ports.ts';

/** The load drivers, by id, with our test of steadiness: all that an ad-hoc load needs, without targets and monitors. */
export function loadDrivers(clock: Clock): ReadonlyMap<string, LoadDriver> {
  return createDrivers({ clock, steadiness: warmupState });
}
