import { describe, expect, it } from 'vitest';
import { systemClock } from '../../harness/base/clock.ts';
import { createDrivers } from '../../harness/drivers/index.ts';

describe('the load drivers', () => {
  it('are found under their own ids, each with a label and a loop that it can make', () => {
    const drivers = createDrivers({ clock: systemClock, steadiness: () => 'steady' });
    expect([...drivers.keys()]).toEqual(expect.arrayContaining(['autocannon', 'wrk']));
    for (const [id, driver] of drivers) {
      expect(driver.id).toBe(id);
      expect(driver.label).toContain(id);
      expect(driver.loops.length).toBeGreaterThan(0);
    }
  });
});
