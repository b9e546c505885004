import { describe, expect, it } from 'vitest';
import { auditRows } from '../../../harness/analysis/audit/audit-rows.ts';
import { emptyRow, NO_LATENCY, type PublishedRow } from '../../../harness/analysis/audit/published-row.ts';

/** 64 connections, 640 µs, 100,000 req/s, 10 s: every figure follows from the others. */
const clean: PublishedRow = {
  ...emptyRow('gin', 1),
  loop: 'closed',
  connections: 64,
  durationS: 10,
  rps: 100_000,
  responses: 1_000_000,
  errorResponses: 0,
  failedRequests: 0,
  latencyUs: {
    ...NO_LATENCY,
    min: 90,
    mean: 640,
    max: 9_000,
    percentiles: [
      [50, 600],
      [90, 900],
      [99, 2_000],
    ],
    resolutionUs: 0.5,
  },
};
const rulesOf = (change: Partial<PublishedRow>): string[] =>
  auditRows('results.json', [{ ...clean, ...change }]).map(({ rule }) => rule);
const messageOf = (change: Partial<PublishedRow>): string | undefined =>
  auditRows('results.json', [{ ...clean, ...change }])[0]?.message;
const latency = (change: Partial<PublishedRow['latencyUs']>): Partial<PublishedRow> => ({
  latencyUs: { ...clean.latencyUs, ...change },
});

describe('the audit of foreign rows', () => {
  it('finds nothing in a clean row, nor in one that says nothing', () => {
    expect(auditRows('results.json', [clean, emptyRow('silent', 2)])).toEqual([]);
  });

  it("Little's law: shows the arithmetic of a rate that latency and connections refute", () => {
    const found = auditRows('results.json', [{ ...clean, ...latency({ mean: 1_280 }) }]);
    expect(found).toEqual([
      {
        file: 'results.json',
        row: 1,
        name: 'gin',
        rule: 'LITTLES_LAW',
        message: '100,000 req/s x 1.28 ms = 128 in flight, over 64 places: more than there are',
      },
    ]);
    expect(messageOf(latency({ mean: 320 }))).toMatch(
      /= 32\.0 in flight, over 64 places: latency, rate or connections/,
    );
  });

  it("Little's law: allows for pipelining, for a coarse clock, and for open loops that idle", () => {
    expect(rulesOf({ pipelining: 2, ...latency({ mean: 1_280 }) })).toEqual([]);
    expect(rulesOf(latency({ mean: 1_000, resolutionUs: 500 }))).toEqual([]);
    expect(rulesOf({ loop: 'open', ...latency({ mean: 320 }) })).toEqual([]);
    expect(rulesOf({ loop: 'open', ...latency({ mean: 1_280 }) })).toEqual(['LITTLES_LAW']);
    expect(rulesOf({ connections: null, ...latency({ mean: 1_280 }) })).toEqual([]);
  });

  it('p99 = mean: one of them was never measured', () => {
    const same = { percentiles: [[99, 640]] as const, max: 700 };
    expect(messageOf(latency(same))).toBe('p99 = mean = 640 µs: one of them was never measured');
    expect(rulesOf(latency({ ...same, percentiles: [[99, 641]] }))).toEqual([]);
    expect(rulesOf(latency({ ...same, resolutionUs: 500 }))).toEqual([]);
  });

  it('percentiles rise, and the mean lies between min and max', () => {
    const order = (change: Partial<PublishedRow['latencyUs']>): string | undefined =>
      messageOf(latency(change));
    expect(
      order({
        percentiles: [
          [50, 600],
          [90, 500],
        ],
      }),
    ).toBe('p90 500 µs is below p50 600 µs');
    expect(order({ max: 1_500 })).toBe('max 1.50 ms is below p99 2.00 ms');
    expect(order({ min: 650 })).toMatch(/^p50 600 µs is below min 650 µs/);
    expect(order({ percentiles: [], max: 630 })).toBe('mean 640 µs is above max 630 µs');
    expect(order({ percentiles: [], min: 700 })).toBe('mean 640 µs is below min 700 µs');
    expect(
      rulesOf(
        latency({
          percentiles: [
            [50, 600],
            [90, 599],
          ],
        }),
      ),
    ).toEqual([]);
  });

  it('total / duration = rate, for some way of counting', () => {
    expect(messageOf({ responses: 900_000 })).toBe(
      '900,000 responses / 10.0 s = 90,000 req/s, published as 100,000 (10.0 % off)',
    );
    expect(rulesOf({ responses: 990_000 })).toEqual([]);
    expect(rulesOf({ responses: 900_000, failedRequests: 100_000 })).toEqual([]);
    expect(rulesOf({ responses: 1_100_000, errorResponses: 100_000 })).toEqual([]);
    expect(rulesOf({ responses: 500_000, durationS: null })).toEqual([]);
  });

  it('errors counted as success: shows the correct rate', () => {
    expect(messageOf({ errorResponses: 250_000 })).toBe(
      '250,000 of 1,000,000 responses are errors (25.00 %), yet they count: 100,000 req/s published, 75,000 correct',
    );
    expect(rulesOf({ errorResponses: 250_000, rps: 75_000, ...latency({ mean: 850 }) })).toEqual([]);
  });

  it('P5: a percentile needs its samples', () => {
    const few = { responses: 100, durationS: 0.001, rps: 100_000 };
    expect(messageOf(few)).toBe('p99 from 100 samples; it needs 662');
  });
});

describe('G19: a cluster at the ceiling of a generator', () => {
  const rows = (rates: readonly number[], change: Partial<PublishedRow> = {}): PublishedRow[] =>
    rates.map((rps, i) => ({
      ...emptyRow(`t${i}`, i + 1),
      loop: 'closed',
      group: '64 connections',
      rps,
      ...change,
    }));
  const clusters = (published: readonly PublishedRow[]): (string | undefined)[] =>
    auditRows('data.json', published).map(({ rule, name, message }) => `${rule} ${name}: ${message}`);
  const spread = Array.from({ length: 20 }, (_, i) => 5_000 * 1.14 ** i);
  const crowd = Array.from({ length: 15 }, (_, i) => 96_000 + i * 100);

  it('is found under the fastest rows, with how many stand there', () => {
    const slow = spread.slice(0, 18);
    expect(clusters(rows([...slow, ...crowd]))).toEqual([
      'CLUSTER_AT_CEILING 64 connections: 15 of 33 rows (45 %) lie between 96,000 and 97,400 req/s: the ceiling of the load generator, not of the servers',
    ]);
  });

  it('is not found where rates are spread, where few rows are close, or in an open loop', () => {
    expect(clusters(rows(spread))).toEqual([]);
    expect(clusters(rows([...spread, 60_000, 60_100, 60_200]))).toEqual([]);
    expect(clusters(rows(crowd, { loop: 'open' }))).toEqual([]);
    expect(clusters(rows(crowd.slice(0, 7)))).toEqual([]);
  });

  it('compares only what was measured alike', () => {
    const halves = [...rows(crowd.slice(0, 7)), ...rows(crowd.slice(7, 14), { group: '512 connections' })];
    expect(clusters(halves)).toEqual([]);
  });
});
