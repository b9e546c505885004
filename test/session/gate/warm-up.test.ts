import { describe, expect, it } from 'vitest';
import {
  REFERENCE_WARMUP,
  ruleFor,
  WARMUP,
  Warmup,
  warmUpInTurn,
} from '../../../harness/session/gate/warm-up.ts';
import type { SliceRecord } from '../../../harness/model/gate-record.ts';
import { slice } from '../../support/gate.ts';

type Window = { cost?: number | null; requests?: number; fault?: string };
type Rule = ConstructorParameters<typeof Warmup>[0];

const windowOf = ({ cost = 50, requests = 25_000, fault }: Window = {}): SliceRecord =>
  slice({ cpuUsPerRequest: cost, requests, fault: fault ?? null });
const RULE: Rule = ruleFor(WARMUP);

/** Warms up a server that shows these windows, the last one for ever; tells how many were taken. */
function warmed(
  windows: readonly Window[],
  change: Partial<Rule> = {},
): { taken: number; steady: boolean; requests: number; problem: string | null } {
  const warmup = new Warmup({ ...RULE, ...change });
  let taken = 0;
  while (warmup.finding === null) warmup.add(windowOf(windows[Math.min(taken++, windows.length - 1)]));
  return { ...warmup.finding, taken };
}

describe('warming up', () => {
  it('is over after the fewest windows for a server that is steady at once', () => {
    expect(warmed([{}])).toEqual({
      taken: 4,
      steady: true,
      requests: 100_000,
      problem: null,
      latencyP50Us: 800,
    });
  });

  it('holds at least two seconds of load on an arm before the first block, at a quarter of a second a slice', () => {
    const { rounds, roundSlices, minWindows, windowSlices, maxWindows } = WARMUP;
    expect((rounds * roundSlices + minWindows * windowSlices) / 4).toBeGreaterThanOrEqual(2);
    expect((maxWindows * windowSlices) / 4).toBeLessThanOrEqual(15);
  });

  it('keeps what is measured between two steps of a V8 heap, with two scenarios and some windows to spare', () => {
    const [step, nextStep] = [34 + 2, 77 - 2];
    const slicesOfAnArm = 12;
    const before = WARMUP.rounds + WARMUP.minWindows;
    expect(before).toBeGreaterThanOrEqual(step);
    expect(before + slicesOfAnArm + WARMUP.minWindows + slicesOfAnArm).toBeLessThanOrEqual(nextStep - 10);
  });

  it('goes on while a compiler makes requests cheaper', () => {
    const cooling = Array.from({ length: 20 }, (_, i) => ({ cost: 100 - 3 * i }));
    const { taken, steady } = warmed([...cooling, { cost: 40 }]);
    expect(steady).toBe(true);
    // Four windows must about agree, most of them after the last fall.
    expect(taken).toBeGreaterThanOrEqual(22);
    expect(taken).toBeLessThanOrEqual(28);
  });

  it('is not held up by one window that a neighbour disturbed', () => {
    const windows = Array.from({ length: 4 }, (_, i) => ({ cost: i === 3 ? 60 : 50 }));
    expect(warmed(windows).taken).toBe(4);
  });

  it('ends unsteady where it never settles', () => {
    const restless = Array.from({ length: 60 }, (_, i) => ({ cost: 100 * 0.96 ** i }));
    expect(warmed(restless)).toMatchObject({ taken: 30, steady: false, problem: null });
  });

  it('waits for compilers to see enough requests, but not for ever for a slow server', () => {
    expect(warmed([{ requests: 1_400 }]).taken).toBe(15);
    expect(warmed([{ requests: 10 }]).taken).toBe(17);
  });

  it('counts what the same process has served in the scenarios before', () => {
    const warmup = new Warmup(RULE, 20_000);
    let taken = 0;
    for (; warmup.finding === null; taken++) warmup.add(windowOf({ requests: 10 }));
    expect(taken).toBe(4);
    expect(warmup.finding.requests).toBe(40);
  });

  it('takes the shortest warm-up where CPU time cannot be read', () => {
    expect(warmed([{ cost: null }])).toMatchObject({ taken: 4, steady: true });
  });

  it('gives up on a server that answers nothing in three windows, and says why', () => {
    const dead = { requests: 0, cost: null };
    expect(warmed([{}, dead])).toMatchObject({
      taken: 4,
      steady: false,
      problem: 'no request completed in 3 windows',
    });
    expect(warmed([{ ...dead, fault: 'refused' }]).problem).toBe('refused');
    expect(warmed([dead, dead, {}]).problem).toBeNull();
  });

  it('asks nothing but one window of the reference server', () => {
    const rule = ruleFor(REFERENCE_WARMUP);
    expect(warmed([{ cost: 1 }, { cost: 9 }], rule).taken).toBe(1);
  });

  it('is as short as the user allows, and then not called steady: too few windows to tell', () => {
    for (const allowed of [1, 2, 3]) {
      expect(warmed([{}], ruleFor(WARMUP, allowed))).toMatchObject({
        taken: allowed,
        steady: false,
      });
    }
    expect(warmed([{}], ruleFor(WARMUP, 4))).toMatchObject({ taken: 4, steady: true });
  });

  it('takes what the rule asks for where the user allows more', () => {
    expect(ruleFor(WARMUP, 99)).toEqual(ruleFor(WARMUP));
  });

  it('tells what there is where it is broken off', () => {
    const warmup = new Warmup(RULE);
    warmup.add(windowOf());
    expect(warmup.finding).toBeNull();
    expect(warmup.soFar).toMatchObject({ requests: 25_000, steady: false, problem: null });
  });
});

describe('warming up both arms', () => {
  const loads: string[] = [];
  const endless = new AbortController().signal;
  const run = (
    windows: Readonly<Record<'base' | 'head', (load: number) => Window>>,
    signal = endless,
  ): ReturnType<typeof warmUpInTurn> => {
    loads.length = 0;
    const taken = { base: 0, head: 0 };
    const measure = async (arm: 'base' | 'head'): Promise<SliceRecord> => {
      loads.push(arm);
      return windowOf(windows[arm](taken[arm]++));
    };
    return warmUpInTurn(['head', 'base'], measure, RULE, { base: 0, head: 0 }, signal);
  };
  const steady = (): Window => ({});

  it('loads them in turn, in the order in which they were started', async () => {
    const findings = await run({ base: steady, head: steady });
    expect(loads).toEqual(Array.from({ length: 4 }, () => ['head', 'base']).flat());
    expect(findings.base).toEqual(findings.head);
  });

  it('keeps the one that is ready at work until the other is, and counts its warm-up only', async () => {
    const slow = (load: number): Window => ({ cost: load < 18 ? 100 - 5 * load : 10 });
    const { base, head } = await run({ base: slow, head: steady });
    expect(base.steady && head.steady).toBe(true);
    expect(loads.filter((arm) => arm === 'head').length).toBe(loads.filter((arm) => arm === 'base').length);
    expect(loads.length).toBeGreaterThan(2 * 18);
    expect(head.requests).toBe(4 * 25_000);
  });

  it('stops at once where one answers nothing', async () => {
    const { base, head } = await run({ base: steady, head: () => ({ requests: 0, cost: null }) });
    expect(head.problem).toBe('no request completed in 3 windows');
    expect(base).toMatchObject({ steady: false, problem: null });
    expect(loads).toHaveLength(5);
  });

  it('waits twice as long for a response each time that none came', async () => {
    const lengths: number[] = [];
    const measure = async (arm: 'base' | 'head', times: number): Promise<SliceRecord> => {
      if (arm === 'head') lengths.push(times);
      return windowOf(arm === 'head' && times < 4 ? { requests: 0, cost: null } : {});
    };
    const { head } = await warmUpInTurn(['head', 'base'], measure, RULE, { base: 0, head: 0 }, endless);
    expect(lengths.slice(0, 3)).toEqual([1, 2, 4]);
    expect(head.problem).toBeNull();
  });

  it('tells the response time that was shortest, which no neighbour disturbed', async () => {
    const times = [900, 600, 5_000, 700];
    let window = 0;
    const measure = async (): Promise<SliceRecord> =>
      slice({ cpuUsPerRequest: 50, requests: 25_000, latencyP50Us: times[(window++ >> 1) % 4] ?? null });
    const { base } = await warmUpInTurn(['head', 'base'], measure, RULE, { base: 0, head: 0 }, endless);
    expect(base.latencyP50Us).toBe(600);
  });

  it('loads nothing where it is interrupted', async () => {
    const { base } = await run({ base: steady, head: steady }, AbortSignal.abort());
    expect(loads).toEqual([]);
    expect(base).toEqual({ requests: 0, steady: false, problem: null, latencyP50Us: null });
  });
});
