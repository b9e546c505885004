import { describe, expect, it } from 'vitest';
import { judgeClaims } from '../../../harness/analysis/claims/judge-claims.ts';
import { summarize } from '../../../harness/analysis/summarize.ts';
import type { ClaimsReport, JudgedMetric } from '../../../harness/model/claims-report.ts';
import type { Reason } from '../../../harness/model/reason.ts';
import { claims, type TableSketch } from '../../support/claims.ts';
import { session, trial } from '../support/sessions.ts';

const SECOND_US = 1e6;
const CONNECTIONS = 64;

/** A trial of so many responses a second, of the latency that Little's law asks for. */
function paced(targetId: string, round: number, rps: number, reasons: Reason[] = []) {
  const latenciesUs = Array.from({ length: rps }, () => Math.round((CONNECTIONS / rps) * SECOND_US));
  return trial({
    targetId,
    round,
    reasons,
    load: { latenciesUs, windowMs: 1_000, connections: CONNECTIONS },
  });
}

/** Three rounds of each target at about its rate. */
function measured(rates: Record<string, number>, reasons: Record<string, Reason[]> = {}) {
  return session(
    Object.entries(rates).flatMap(([id, rps]) =>
      [0.99, 1, 1.01].map((factor, round) => paced(id, round, Math.round(rps * factor), reasons[id])),
    ),
  );
}

function judge(table: TableSketch, within: ReturnType<typeof measured>): ClaimsReport {
  return judgeClaims(claims([table]), within, summarize(within));
}

function firstMetric(report: ClaimsReport): JudgedMetric {
  const metric = report.tables[0]?.metrics[0];
  if (metric === undefined) throw new Error('no metric was judged');
  return metric;
}

const throughput = (rows: Record<string, (number | null)[]>): TableSketch => ({
  columns: ['throughputRps req/s'],
  rows,
});
const limited: Reason[] = [{ code: 'DRIVER_SATURATED', detail: '' }];
const verdicts = ({ claims: judged }: JudgedMetric): string[] =>
  judged.map(({ ahead, behind, verdict }) => `${ahead} > ${behind}: ${verdict.kind}`);

describe('a published table held against a session', () => {
  it('is judged pair by pair, whatever the absolute figures are', () => {
    const metric = firstMetric(
      judge(throughput({ a: [9e6], b: [8e6], c: [7e6] }), measured({ a: 2_000, b: 900, c: 1_200 })),
    );
    expect(metric.order).toEqual(['a', 'b', 'c']);
    expect(verdicts(metric)).toEqual(['a > b: reproduced', 'a > c: reproduced', 'b > c: contradicted']);
    expect(metric.counts).toEqual({ reproduced: 2, contradicted: 1, undecided: 0, firm: 3 });
  });

  it('takes less as ahead where less is better, with factors from 1 on', () => {
    const table: TableSketch = { columns: ['latencyMeanUs ms'], rows: { slow: [5], fast: [1] } };
    const metric = firstMetric(judge(table, measured({ slow: 900, fast: 2_000 })));
    expect(metric.claims).toMatchObject([
      { ahead: 'fast', behind: 'slow', published: 5, verdict: { kind: 'reproduced' }, magnitude: 'differs' },
    ]);
    expect(metric.claims[0]?.here?.estimate).toBeCloseTo(2_000 / 900, 1);
  });

  it('agrees in magnitude where the published factor lies within the interval', () => {
    const metric = firstMetric(judge(throughput({ a: [400], b: [200] }), measured({ a: 2_000, b: 1_000 })));
    expect(metric.claims[0]).toMatchObject({ published: 2, magnitude: 'agrees' });
  });

  it('claims nothing of equal figures, and nothing of a figure that is not there', () => {
    const metric = firstMetric(
      judge(throughput({ a: [5], b: [5], c: [null] }), measured({ a: 2_000, b: 1_000, c: 500 })),
    );
    expect(metric.claims).toEqual([]);
  });

  it('shows a target that was not measured as undecided', () => {
    const metric = firstMetric(judge(throughput({ a: [5], gone: [4] }), measured({ a: 1_000 })));
    expect(metric.claims[0]?.verdict).toEqual({
      kind: 'undecided',
      reason: 'not-measured',
      why: 'gone was not part of the session',
    });
  });

  it('shows a target without a valid trial as undecided, with its reason', () => {
    const failed: Reason[] = [{ code: 'TARGET_ERRORS', detail: '' }];
    const metric = firstMetric(
      judge(throughput({ a: [5], b: [4] }), measured({ a: 1_000, b: 2_000 }, { b: failed })),
    );
    expect(metric.claims[0]?.verdict).toMatchObject({ why: 'b has no valid figure (failed: TARGET_ERRORS)' });
  });

  it('is not judged where the session lacks its scenario, and says so', () => {
    const report = judge(
      { ...throughput({ a: [5], b: [4] }), scenario: '1gb' },
      measured({ a: 1_000, b: 900 }),
    );
    expect(report.tables).toMatchObject([
      { measured: { kind: 'no', why: 'the session has no scenario 1gb' }, metrics: [] },
    ]);
  });
});

describe('a verdict that is firm', () => {
  const rows = { a: [8], b: [7], c: [6], d: [5], e: [4], f: [3] };

  it('stands among all pairs at once', () => {
    const metric = firstMetric(
      judge(throughput(rows), measured({ a: 3_000, b: 2_500, c: 2_000, d: 1_500, e: 1_000, f: 500 })),
    );
    expect(metric.counts).toEqual({ reproduced: 15, contradicted: 0, undecided: 0, firm: 15 });
  });

  it('is not that of a pair which only its own interval tells apart', () => {
    // Three rounds, of which each target has its own good and bad ones: b lies 6 % above c in each, the rest scatter.
    const scatter: Record<string, number[]> = {
      a: [2_900, 2_000, 2_400],
      b: [1_063, 1_061, 1_062],
      c: [1_001, 1_000, 1_002],
      d: [1_900, 2_800, 2_300],
      e: [2_300, 2_000, 2_900],
    };
    const within = session(
      Object.entries(scatter).flatMap(([id, rates]) => rates.map((rps, round) => paced(id, round, rps))),
    );
    const metric = firstMetric(judge(throughput({ a: [5], b: [4], c: [3], d: [2], e: [1] }), within));
    const claim = metric.claims.find(({ ahead, behind }) => ahead === 'b' && behind === 'c');
    expect(claim).toMatchObject({ verdict: { kind: 'reproduced' }, firm: false });
    expect(metric.counts.firm).toBeLessThan(metric.counts.reproduced + metric.counts.contradicted);
  });

  it('is never that of a claim which is undecided', () => {
    const even = session(
      Object.entries({ a: [1_000, 1_010, 990], b: [1_001, 995, 1_005] }).flatMap(([id, rates]) =>
        rates.map((rps, round) => paced(id, round, rps)),
      ),
    );
    const metric = firstMetric(judge(throughput({ a: [5], b: [4] }), even));
    expect(metric.claims[0]).toMatchObject({ verdict: { kind: 'undecided' }, firm: false });
    const bound = firstMetric(
      judge(throughput({ a: [5], b: [4] }), measured({ a: 2_000, b: 1_000 }, { b: limited })),
    );
    expect(bound.claims[0]).toMatchObject({ verdict: { kind: 'undecided' }, firm: false });
  });
});

describe('a trial that the driver held back', () => {
  const rates = { a: 2_000, b: 1_000 };

  it('can show that its target is faster', () => {
    const metric = firstMetric(judge(throughput({ a: [5], b: [4] }), measured(rates, { a: limited })));
    expect(metric.claims[0]).toMatchObject({ verdict: { kind: 'reproduced' }, here: { high: null } });
  });

  it('can contradict that another is faster', () => {
    const metric = firstMetric(judge(throughput({ b: [5], a: [4] }), measured(rates, { a: limited })));
    expect(metric.claims[0]).toMatchObject({
      ahead: 'b',
      verdict: { kind: 'contradicted' },
      here: { low: null },
    });
  });

  it('cannot show that its target is slower', () => {
    const metric = firstMetric(judge(throughput({ a: [5], b: [4] }), measured(rates, { b: limited })));
    expect(metric.claims[0]?.verdict).toMatchObject({ kind: 'undecided', reason: 'bound' });
  });

  it('is no slower in latency than it seems', () => {
    const table: TableSketch = { columns: ['latencyMeanUs ms'], rows: { a: [1], b: [2] } };
    expect(firstMetric(judge(table, measured(rates, { a: limited }))).counts.reproduced).toBe(1);
    expect(firstMetric(judge(table, measured(rates, { b: limited }))).counts.undecided).toBe(1);
  });

  it('tells nothing of what depends on its load in no known direction', () => {
    const table: TableSketch = { columns: ['cpuUsPerRequest µs'], rows: { a: [1], b: [2] } };
    const metric = firstMetric(judge(table, measured(rates, { a: limited })));
    expect(metric.claims[0]?.here).toMatchObject({ low: null, high: null });
  });
});

describe('the rank correlation', () => {
  it('is that of the figures that stand', () => {
    const rows = { a: [4], b: [3], c: [2], d: [1] };
    const same = firstMetric(judge(throughput(rows), measured({ a: 2_000, b: 1_500, c: 1_000, d: 500 })));
    expect(same.rank).toMatchObject({ kind: 'value', tauB: 1, p: expect.closeTo(2 / 24, 9), leftOut: [] });
    const reversed = firstMetric(judge(throughput(rows), measured({ a: 500, b: 1_000, c: 1_500, d: 2_000 })));
    expect(reversed.rank).toMatchObject({ tauB: -1 });
  });

  it('leaves bounds out by name, and is none with fewer than two figures', () => {
    const within = measured({ a: 2_000, b: 1_500 }, { a: limited });
    expect(firstMetric(judge(throughput({ a: [2], b: [1] }), within)).rank).toEqual({
      kind: 'none',
      why: 'fewer than two targets have a figure here',
      leftOut: ['a'],
    });
  });
});

describe('what a reader must know first', () => {
  const within = measured({ a: 2_000, b: 1_000 });

  it('is that conditions and connections are not stated', () => {
    const columns = ['throughputRps req/s', 'latencyMeanUs ms'];
    const { notes } = judge({ columns, rows: { a: [2, 1], b: [1, 2] } }, within);
    expect(notes).toEqual([
      expect.stringContaining('The source states no conditions'),
      expect.stringContaining("Little's law cannot be held against single rows of Small"),
    ]);
  });

  it('is nothing where they are', () => {
    const stated = claims([{ ...throughput({ a: [2], b: [1] }), connections: 8 }], {
      conditions: ['on a laptop'],
    });
    expect(judgeClaims(stated, within, summarize(within)).notes).toEqual([]);
  });

  it('leaves connections alone where no row has a rate and a latency', () => {
    expect(judge(throughput({ a: [2], b: [1] }), within).notes).toHaveLength(1);
  });

  it('is which figures cannot be', () => {
    const table: TableSketch = { columns: ['latencyMeanUs ms', 'latencyMaxUs ms'], rows: { a: [5, 1] } };
    expect(judge(table, within).impossible).toEqual([
      { of: 'row', name: 'A, Small', rule: 'PERCENTILE_ORDER', message: 'mean 5.00 ms is above max 1.00 ms' },
    ]);
  });
});
