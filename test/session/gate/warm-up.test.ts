import { describe, expect, it } from 'vitest';
import { REFERENCE_WARMUP, WARMUP, warmUp } from '../../../harness/session/gate/warm-up.ts';
import { slice } from '../../support/gate.ts';

type Window = { cost?: number | null; requests?: number; fault?: string };

/** Warms up a server that shows these windows, the last one for ever; tells how many were taken. */
async function warmed(
  windows: readonly Window[],
  change: Partial<Parameters<typeof warmUp>[1]> = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<{ taken: number; steady: boolean; requests: number; problem: string | null }> {
  let taken = 0;
  const measure = async (): ReturnType<Parameters<typeof warmUp>[0]> => {
    const {
      cost = 50,
      requests = 25_000,
      fault = null,
    } = windows[Math.min(taken++, windows.length - 1)] ?? {};
    return slice({ cpuUsPerRequest: cost, requests, fault });
  };
  const rule = { ...WARMUP, minWindows: WARMUP.minWindows.first, ...change };
  return { ...(await warmUp(measure, rule, signal)), taken };
}

describe('warming up', () => {
  it('takes a dozen rounds of connections from a server that is steady at once, fewer in a later scenario', async () => {
    expect(await warmed([{}])).toEqual({ taken: 12, steady: true, requests: 300_000, problem: null });
    expect(await warmed([{}], { minWindows: WARMUP.minWindows.later })).toMatchObject({
      taken: 7,
      steady: true,
    });
  });

  it('holds at least two seconds of load in every scenario, at a second a slice', () => {
    const { first, later } = WARMUP.minWindows;
    expect(Math.min(first, later) * WARMUP.windowShare).toBeGreaterThanOrEqual(2);
    expect(WARMUP.maxWindows * WARMUP.windowShare).toBeLessThanOrEqual(15);
  });

  it('goes on while a compiler makes requests cheaper', async () => {
    const cooling = Array.from({ length: 20 }, (_, i) => ({ cost: 100 - 3 * i }));
    const { taken, steady } = await warmed([...cooling, { cost: 40 }]);
    expect(steady).toBe(true);
    // Six windows must agree, all of them after the last fall.
    expect(taken).toBeGreaterThanOrEqual(22);
    expect(taken).toBeLessThanOrEqual(26);
  });

  it('is not held up by one window that a neighbour disturbed by a tenth', async () => {
    const windows = Array.from({ length: 12 }, (_, i) => ({ cost: i === 10 ? 54 : 50 }));
    expect((await warmed(windows)).taken).toBe(12);
  });

  it('ends unsteady where it never settles', async () => {
    const restless = Array.from({ length: 60 }, (_, i) => ({ cost: 40 + 20 * (i % 2) }));
    expect(await warmed(restless)).toMatchObject({ taken: 30, steady: false, problem: null });
  });

  it('waits for compilers to see enough requests, but not for ever for a slow server', async () => {
    expect((await warmed([{ requests: 1_400 }])).taken).toBe(15);
    expect((await warmed([{ requests: 10 }])).taken).toBe(17);
  });

  it('takes the shortest warm-up where CPU time cannot be read', async () => {
    expect(await warmed([{ cost: null }])).toMatchObject({ taken: 12, steady: true });
  });

  it('gives up on a server that answers nothing in three windows, and says why', async () => {
    const dead = { requests: 0, cost: null };
    expect(await warmed([{}, dead])).toMatchObject({
      taken: 4,
      steady: false,
      problem: 'no request completed in 3 windows',
    });
    expect((await warmed([{ ...dead, fault: 'refused' }])).problem).toBe('refused');
    expect((await warmed([dead, dead, {}])).problem).toBeNull();
  });

  it('asks nothing but one window of the reference server', async () => {
    const rule = { ...REFERENCE_WARMUP, minWindows: REFERENCE_WARMUP.minWindows.first };
    expect((await warmed([{ cost: 1 }, { cost: 9 }], rule)).taken).toBe(1);
  });

  it('ends at once when it is interrupted', async () => {
    expect((await warmed([{}], {}, AbortSignal.abort())).taken).toBe(0);
  });
});
