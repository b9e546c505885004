import { describe, expect, it } from 'vitest';
import { type ReplayPlan, replayAnyRed, replayCell } from '../../../harness/analysis/gate/replay.ts';
import { STORED_METRICS, STORED_SCENARIOS, storedCell } from '../support/stored-launches.ts';

/** One target, two scenarios, four gated metrics; twelve minutes pay for 24 launches, as decided scenarios cost no more. */
const PLAN: ReplayPlan = { cells: 8, affordable: 24, runs: 300, seed: 20_261_121 };

describe('the canary: real launches of one server against itself', () => {
  it('stay green in each of 300 gate runs, and no cell of them turns red', () => {
    const cells = STORED_SCENARIOS.flatMap((id) => STORED_METRICS.map((metric) => storedCell(metric, id)));
    expect(replayAnyRed(cells, PLAN)).toBe(0);
    for (const metric of ['cpuUsPerRequest', 'latencyP50Us', 'throughputRps'] as const) {
      expect(replayCell(storedCell(metric), 0, PLAN), metric).toMatchObject({ red: 0, pass: 300 });
    }
  });

  it.each(
    STORED_SCENARIOS.flatMap((id) => [
      {
        id,
        what: '5 % more CPU, strict',
        cell: storedCell('cpuUsPerRequest', id, 'strict'),
        slower: 0.05,
        least: 0.95,
      },
      { id, what: '7 % more CPU', cell: storedCell('cpuUsPerRequest', id), slower: 0.07, least: 0.95 },
      { id, what: '10 % more CPU', cell: storedCell('cpuUsPerRequest', id), slower: 0.1, least: 0.99 },
      { id, what: '10 % more memory', cell: storedCell('memoryRssMeanBytes', id), slower: 0.1, least: 0.99 },
      { id, what: 'a median 10 % slower', cell: storedCell('latencyP50Us', id), slower: 0.1, least: 0.9 },
    ]),
  )('turn red as often as promised: $what ($id)', ({ cell, slower, least }) => {
    expect(replayCell(cell, slower, PLAN).confirmed).toBeGreaterThanOrEqual(least * PLAN.runs);
  });

  it('turn red in each of 300 gate runs once 10 % more CPU a request is planted, and red again when confirmed', () => {
    expect(replayCell(storedCell('cpuUsPerRequest'), 0.1, PLAN)).toEqual({
      runs: 300,
      red: 300,
      confirmed: 300,
      pass: 0,
      inconclusive: 0,
    });
  });

  it.each(STORED_METRICS)('let %s at its limit through in at most one gate run of twenty', (metric) => {
    const cell = storedCell(metric);
    expect(replayCell(cell, cell.zone.d1, PLAN).pass).toBeLessThanOrEqual(15);
  });

  it('would not stay green if the gate cried wolf: without a zone, and with all the error there is, they turn red', () => {
    const eager = STORED_METRICS.map((metric) => {
      const cell = storedCell(metric, '1mb');
      return { ...cell, zone: { ...cell.zone, d0: 0, d1: 1e-6, floor: 0 } };
    });
    expect(replayAnyRed(eager, { ...PLAN, cells: 0.02 })).toBeGreaterThan(30);
  });

  it('would not turn red if the gate were blind: 2 % is within its zone', () => {
    expect(replayCell(storedCell('cpuUsPerRequest'), 0.02, PLAN)).toMatchObject({ red: 0, confirmed: 0 });
  });
});
