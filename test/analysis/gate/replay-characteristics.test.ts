import { describe, expect, it } from 'vitest';
import type { GateRecord } from '../../../harness/model/gate-record.ts';
import { characteristics } from '../../../tools/gate-characteristics.ts';
import { gateRecord } from '../../support/gate.ts';

/** Launches that begin this far from each other. */
function spaced(record: GateRecord, seconds: number): GateRecord {
  const start = Date.parse(record.startedAt);
  const launches = record.launches.map((launch, i) => ({
    ...launch,
    startedAt: new Date(start + i * seconds * 1_000).toISOString(),
  }));
  return { ...record, launches };
}

const options = { runs: 300, budgetMinutes: 12 };
const page = characteristics(spaced(gateRecord({ launches: 20, noise: 0.04 }), 40), options);
const rows = page.split('\n').filter((line) => line.startsWith('| '));
const cellsOf = (start: string): string[] =>
  (rows.find((row) => row.startsWith(start)) ?? '').split('|').map((cell) => cell.trim());

describe('the table of what the gate holds', () => {
  it('says how many launches the budget pays for at the pace of the stored run', () => {
    expect(page).toContain(
      '2 gated cells in 1 scenario. A launch takes 40 s.\n12 minutes pay for 19 launches of a scenario',
    );
  });

  it('lets a scenario that is decided cost no more, where the launches say what each took', () => {
    const ids = ['small', 'large'];
    const record = spaced(gateRecord({ launches: 20, noise: 0.04 }), 40);
    const launches = record.launches.map((launch) => ({
      ...launch,
      scenarios: launch.scenarios.flatMap((measured) =>
        ids.map((scenarioId) => ({ ...measured, scenarioId, durationMs: 15_000 })),
      ),
    }));
    const scenarios = ids.flatMap((id) => record.scenarios.map((scenario) => ({ ...scenario, id })));
    const text = characteristics({ ...record, scenarios, launches }, { ...options, runs: 50 });
    expect(text).toContain('A launch takes 10 s + 15 s for small + 15 s for large.');
    // The other closes at the first look: eight launches at 40 s leave 400 s for 16 at 25 s.
    expect(text).toContain('12 minutes pay for 24 launches');
  });

  it('counts red A/A runs first, with the exact bound of what was not seen', () => {
    expect(cellsOf('| A/A: any red cell')).toEqual([
      '',
      'A/A: any red cell, before confirmation',
      'all',
      'at most 1.0 %',
      '0.0 %',
      '0.0 % to 1.2 %',
      'seen, not shown',
      '',
    ]);
  });

  it('holds each promise against its limit, in each scenario that has the metric', () => {
    expect(cellsOf('| CPU +10 % caught').slice(3)).toEqual([
      'at least 99.0 %',
      '100.0 %',
      '98.8 % to 100.0 %',
      'seen, not shown',
      '',
    ]);
    expect(page).not.toContain('memory +10 %');
    const more = characteristics(spaced(gateRecord({ launches: 20 }), 40), { ...options, runs: 700 });
    expect(more).toMatch(/\| CPU \+10 % caught .*\| shown \|/);
  });

  it('calls a promise missed that noise does not let the gate keep', () => {
    const noisy = characteristics(gateRecord({ launches: 20, noise: 1 }), { ...options, runs: 100 });
    expect(noisy).toMatch(/\| CPU \+5 % caught, strict .*\| missed \|/);
  });

  it('has a row for each injection of each metric and profile', () => {
    const power = rows.filter((row) => /\| (A\/A|\+\d+ %) \|/.test(row));
    expect(power).toHaveLength(8 * 3);
    expect(power[0]).toContain('| A/A | 0.0 % | 0.0 % |');
  });

  it('leaves out what the driver set', () => {
    const bound = gateRecord({ launches: 8, each: (slice) => ({ ...slice, driverBound: true }) });
    const text = characteristics(bound, { ...options, runs: 20 });
    expect(text).not.toContain('| Throughput |');
    expect(text).toContain('Left out: Throughput (small), the load driver was the limit in 64 of 64 slices');
    // Its share of the error is spent all the same.
    expect(text).toContain('2 gated cells in 1 scenario');
  });
});
