import { describe, expect, it } from 'vitest';
import type { GateRecord } from '../../../harness/model/gate-record.ts';
import { falling, GateWorld } from '../../support/gate-world.ts';

describe('a gate run', () => {
  it('starts fresh processes of both arms for every launch, and leaves none behind', async () => {
    const world = new GateWorld({});
    const record = await world.run();
    expect(record.report?.verdict).toBe('pass');
    expect(record.launches).toHaveLength(8);
    // Two of the reference server and one of each arm, a launch.
    expect(world.count('launch')).toBe(8 * 4);
    expect(world.count('stop')).toBe(world.count('launch'));
    expect(world.alive).toBe(0);
  });

  it('keeps both arms alive while either is loaded', async () => {
    const world = new GateWorld({});
    await world.run();
    expect(world.aliveUnderLoad).toEqual(new Set([2]));
  });

  it('loads the arms in the order that the plan drew, four slices a block', async () => {
    const world = new GateWorld({});
    const { launches } = await world.run();
    for (const { scenarios } of launches) {
      for (const { orders, blocks } of scenarios) {
        expect(blocks.map((block) => block.map(({ arm }) => (arm === 'base' ? 'A' : 'B')).join(''))).toEqual(
          orders,
        );
      }
    }
    expect(new Set(launches.map(({ startOrder }) => startOrder[0])).size).toBe(2);
    expect(new Set(launches.map(({ paddingBytes }) => paddingBytes.base)).size).toBeGreaterThan(4);
  });

  it('P12: does the same in the same order for the same seed', async () => {
    const first = new GateWorld({});
    const second = new GateWorld({});
    await first.run();
    await second.run();
    expect(first.calls).toEqual(second.calls);
  });

  it('saves after every launch, so that a crash loses nothing measured', async () => {
    const world = new GateWorld({});
    await world.run();
    expect(world.saved.map(({ launches }) => launches.length)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 8]);
    expect(world.saved.at(-1)?.status).toBe('complete');
    expect(world.saved.slice(0, -1).every(({ status }) => status === 'running')).toBe(true);
  });

  it('confirms a red on fresh launches before it counts', async () => {
    const world = new GateWorld({ head: { cpu: 1.15 } });
    const record = await world.run();
    expect(record.report).toMatchObject({
      verdict: 'regression',
      why: expect.stringContaining('confirmed worse'),
    });
    const phases = record.launches.map(({ phase }) => phase);
    expect(phases.filter((phase) => phase === 'confirm')).toHaveLength(8);
    expect(phases.indexOf('confirm')).toBe(phases.lastIndexOf('look') + 1);
  });

  it('does not confirm a red that was there only before', async () => {
    const world = new GateWorld({ head: { cpu: (launch) => (launch < 12 ? 1.15 : 1) } });
    const record = await world.run();
    expect(record.report?.cells[0]?.outcome.kind).toBe('not-confirmed');
    expect(record.report?.verdict).toBe('inconclusive');
  });

  it('goes on while a cell is undecided, to the last look and no further', async () => {
    const world = new GateWorld({ noise: 1.4 });
    const record = await world.run();
    expect(record.report?.verdict).toBe('inconclusive');
    expect(record.launches).toHaveLength(24);
  });

  it('measures only the scenarios that are still open', async () => {
    const world = new GateWorld({ scenarios: ['small', 'large'], noiseOf: { large: 1.2 } });
    const record = await world.run();
    const measured = (id: string): number =>
      record.launches.filter(({ scenarios }) => scenarios.some(({ scenarioId }) => scenarioId === id)).length;
    expect(measured('small')).toBe(8);
    expect(measured('large')).toBe(24);
  });

  it('stops sampling when the minutes are spent, and says so', async () => {
    const world = new GateWorld({ noise: 1.4, budgetMinutes: 0.2 });
    const record = await world.run();
    expect(record.launches.length).toBeLessThan(8);
    expect(world.notices).toContain('the budget of 0.2 minutes is spent');
  });

  it('confirms a red although the minutes are spent', async () => {
    const world = new GateWorld({ head: { cpu: 1.15 }, budgetMinutes: 0.2, sliceCostMs: 5 });
    const record = await world.run();
    expect(record.report?.verdict).toBe('regression');
  });
});

describe('a gate run whose servers misbehave', () => {
  it('gives up on a server that never starts, after two launches, and fails closed', async () => {
    const world = new GateWorld({ head: { launch: 'TARGET_UNAVAILABLE' } });
    const record = await world.run();
    expect(record.launches).toHaveLength(2);
    expect(record.report?.verdict).toBe('invalid');
    expect(record.launches[0]?.problem).toMatch(/^head: TARGET_UNAVAILABLE/);
    expect(world.alive).toBe(0);
  });

  it('sends no load to a server that answers otherwise than the scenario says', async () => {
    const world = new GateWorld({ head: { checks: 'status 500, expected 200' } });
    const record = await world.run();
    expect(record.report?.verdict).toBe('invalid');
    expect(record.launches[0]?.problem).toMatch(/^head: response: status 500/);
    expect(world.calls.filter((call) => call.startsWith('load head'))).toEqual([]);
  });

  it('tells which arm died under load', async () => {
    const record = await new GateWorld({ head: { diesAt: 3 } }).run();
    expect(record.launches[0]?.problem).toBe('head: ended under load with exit code 1');
    expect(record.report?.verdict).toBe('invalid');
  });

  it('leaves out pairs with errors, and fails closed where one arm has them', async () => {
    const record = await new GateWorld({ head: { errors: true } }).run();
    expect(record.report?.cells[0]?.outcome).toMatchObject({
      kind: 'invalid',
      why: expect.stringContaining('disturbed'),
    });
  });

  it('lets the sentinel take every verdict away', async () => {
    const record = await new GateWorld({ referenceDrift: 1.2 }).run();
    expect(record.report?.sentinel[0]?.kind).toBe('contaminated');
    expect(record.report?.verdict).toBe('inconclusive');
  });

  it('keeps whole launches when it is interrupted, and stops what runs', async () => {
    const world = new GateWorld({ abortAtLoad: 60 });
    const record = await world.run();
    expect(record.status).toBe('interrupted');
    expect(record.launches.length).toBeGreaterThan(0);
    expect(record.launches.every(({ problem }) => problem === null)).toBe(true);
    expect(world.alive).toBe(0);
  });
});

describe('a gate run that goes on after it was cut off', () => {
  const planned = ({ launches }: GateRecord): unknown[] =>
    launches.map(({ index, phase, startOrder, paddingBytes, scenarios }) => ({
      index,
      phase,
      startOrder,
      paddingBytes,
      orders: scenarios.map(({ orders }) => orders),
    }));

  it.each([0, 1, 5, 12, 15])(
    'makes only what is missing, by the same plan, after %i launches',
    async (cut) => {
      const whole = await new GateWorld({ head: { cpu: 1.15 } }).run();
      expect(whole.launches).toHaveLength(20);
      const begun = {
        ...whole,
        status: 'running' as const,
        launches: whole.launches.slice(0, cut),
        report: null,
      };
      const world = new GateWorld({ head: { cpu: 1.15 } });
      const record = await world.run(structuredClone(begun));
      expect(planned(record)).toEqual(planned(whole));
      expect(record.launches.slice(0, cut)).toEqual(begun.launches);
      expect(world.calls.filter((call) => call === 'launch head')).toHaveLength(20 - cut);
      expect(record.report?.verdict).toBe('regression');
      expect(record.status).toBe('complete');
    },
  );

  it('makes nothing again where only the end was missing', async () => {
    const whole = await new GateWorld({}).run();
    const world = new GateWorld({});
    const record = await world.run({ ...whole, status: 'running', report: null });
    expect(world.calls).toEqual([]);
    expect(record.report).toEqual(whole.report);
  });

  it('has no more minutes than it was given: what was measured before is spent', async () => {
    const noisy = { noise: 1.4, budgetMinutes: 8 };
    const first = await new GateWorld(noisy).run();
    const made = first.launches.length;
    expect(made).toBeLessThan(24);
    const again = await new GateWorld(noisy).run({ ...first, status: 'running' });
    expect(again.launches).toHaveLength(made);
  });
});

describe('the warm-up of an arm', () => {
  it('goes on until two stretches agree, at most thirty windows', async () => {
    const settling = new GateWorld({ head: { warmup: [3, 2, 1.5, 1.2, 1.01] } });
    const { launches } = await settling.run();
    expect(launches[0]?.scenarios[0]?.steady).toEqual({ base: true, head: true });
    const restless = new GateWorld({ head: { warmup: falling(200) }, budgetMinutes: 0.5 });
    const record = await restless.run();
    expect(record.launches[0]?.scenarios[0]?.steady).toEqual({ base: true, head: false });
  });

  /** Loads of base with a path in one launch. */
  const loads = ({ calls }: GateWorld, path: string, launch: number): number => {
    const starts = calls.flatMap((call, i) => (call === 'launch base' ? [i] : []));
    return calls.slice(starts[launch], starts[launch + 1]).filter((call) => call === `load base ${path}`)
      .length;
  };

  it('begins with rounds of connections; four windows and four slices of an arm follow', async () => {
    const world = new GateWorld({ sliceCostMs: 10 });
    await world.run();
    expect(loads(world, '/small', 0)).toBe(32 + 4 + 4);
  });

  it('opens fewer rounds where they take long', async () => {
    const world = new GateWorld({ sliceCostMs: 1_000 });
    await world.run();
    expect(loads(world, '/small', 0)).toBe(16 + 4 + 4);
  });

  it('opens them in the first scenario, though only another is still open: all launches have the same past', async () => {
    const world = new GateWorld({ scenarios: ['small', 'large'], noiseOf: { large: 1.2 }, sliceCostMs: 10 });
    const { launches } = await world.run();
    expect(loads(world, '/large', 0)).toBeGreaterThanOrEqual(4 + 4);
    expect(launches[8]?.scenarios.map(({ scenarioId }) => scenarioId)).toEqual(['large']);
    expect(loads(world, '/small', 8)).toBe(32);
  });

  it('is told with what it took, for each scenario', async () => {
    const world = new GateWorld({ scenarios: ['small', 'large'], sliceCostMs: 10 });
    const { launches } = await world.run();
    const [small, large] = launches[0]?.scenarios ?? [];
    expect(small?.durationMs).toBeGreaterThanOrEqual(10 * 2 * (4 + 4));
    expect(large?.durationMs).toBe(small?.durationMs);
  });
});
