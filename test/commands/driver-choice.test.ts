import { describe, expect, it } from 'vitest';
import { capableOf, candidateDrivers, driverOfEach } from '../../harness/commands/driver-choice.ts';
import type { LoadDriver } from '../../harness/model/ports.ts';
import { read } from '../../harness/model/resources.ts';
import { chooseDriver, type TryOut } from '../../harness/session/choose-driver.ts';
import { scenario, validTrial } from '../support/factories.ts';
import { FakeWorld } from '../support/fake-ports.ts';

function driver(
  id: string,
  loops: LoadDriver['loops'] = ['closed'],
  obstacle: string | null = null,
): LoadDriver {
  return { ...new FakeWorld().driver, id, loops, unavailable: async () => obstacle };
}

const modest = driver('modest');
const strong = driver('strong', ['closed', 'open']);

/** A try-out in which the named targets saturate the modest driver. */
function tryOutWith(fast: readonly string[]): { tryOut: TryOut; tried: string[] } {
  const tried: string[] = [];
  const tryOut: TryOut = async (targetId, _, { id }) => {
    tried.push(`${id} ${targetId}`);
    const { load, ...trial } = validTrial();
    const eventLoopUtilization = read(fast.includes(targetId) ? 0.85 : 0.75);
    return { ...trial, load: { ...load, driverLoad: { ...load.driverLoad, eventLoopUtilization } } };
  };
  return { tryOut, tried };
}

describe('the driver of a scenario', () => {
  it('is the preferred one while no target saturates it', async () => {
    const { tryOut, tried } = tryOutWith([]);
    const choice = await chooseDriver(scenario(), [modest, strong], ['a', 'b'], tryOut);
    expect(choice).toMatchObject({ scenarioId: 'small', driver: 'modest' });
    expect(choice.why).toContain('none of the targets');
    expect(tried).toEqual(['modest a', 'modest b']);
  });

  it('is the next one for all targets as soon as one of them saturates it', async () => {
    const { tryOut, tried } = tryOutWith(['b']);
    const choice = await chooseDriver(scenario(), [modest, strong], ['a', 'b', 'c'], tryOut);
    expect(choice.driver).toBe('strong');
    expect(choice.why).toBe('modest would be the limit (85 % busy in a try-out with b).');
    expect(tried).toEqual(['modest a', 'modest b']);
  });

  it('is tried with the scenario itself, only shorter', async () => {
    const seen: unknown[] = [];
    const tryOut: TryOut = async (_, asked) => {
      seen.push(asked);
      return validTrial();
    };
    await chooseDriver(scenario({ connections: 77 }), [modest, strong], ['a'], tryOut);
    expect(seen).toEqual([{ ...scenario({ connections: 77 }), warmup: 300, warmupMax: 300, measure: 500 }]);
  });

  it('needs no try-out where only one can drive the loop', async () => {
    const { tryOut, tried } = tryOutWith([]);
    const open = scenario({ loop: { kind: 'open', rateRps: 100, arrivals: 'constant' } });
    const choices = await driverOfEach(
      [modest, strong],
      'auto',
      [{ scenario: open, targetIds: ['a'] }],
      tryOut,
    );
    expect(choices).toEqual([
      {
        scenarioId: 'small',
        driver: 'strong',
        why: 'The only driver that can drive this loop.',
        ceilingRps: null,
      },
    ]);
    expect(tried).toEqual([]);
  });
});

describe('the drivers that a flag allows', () => {
  const known = new Map(
    [modest, strong, driver('absent', ['closed'], 'is not installed')].map((one) => [one.id, one]),
  );

  it('is the one that it names', async () => {
    expect((await candidateDrivers(known, 'strong')).map(({ id }) => id)).toEqual(['strong']);
  });

  it('must be there', async () => {
    await expect(candidateDrivers(known, 'weak')).rejects.toThrow(
      /--driver: no "weak" here \(there are auto, modest, strong, absent\)/,
    );
  });

  it('must be able to work here, or say why not with exit code 4', async () => {
    await expect(candidateDrivers(known, 'absent')).rejects.toThrow(
      expect.objectContaining({
        code: 'DRIVER_UNAVAILABLE',
        exitCode: 4,
        message: '--driver absent: absent: is not installed',
      }),
    );
  });

  it('B32: must be able to drive the loop of the scenario', () => {
    const open = scenario({ loop: { kind: 'open', rateRps: 100, arrivals: 'constant' } });
    expect(() => capableOf([modest], open)).toThrow(/modest cannot drive the open loop that small asks for/);
  });
});
