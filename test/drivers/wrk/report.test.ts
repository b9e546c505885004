import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type LatencyCount,
  measuredLatencies,
  parseReport,
  type WrkReport,
} from '../../../harness/drivers/wrk/report.ts';
import { REPORT_MARK } from '../../../harness/drivers/wrk/script.ts';

/** What wrk 4 does to its table at the end: every latency of two cycles and more leaves a trail of invented ones. */
function correctedByWrk(measured: readonly LatencyCount[], expectedUs: number): LatencyCount[] {
  const table = new Map(measured);
  const maxUs = Math.max(...table.keys());
  for (let us = expectedUs * 2; us <= maxUs; us++) {
    const count = table.get(us) ?? 0;
    if (count === 0) continue;
    for (let earlier = us - expectedUs; earlier > expectedUs; earlier -= expectedUs) {
      table.set(earlier, (table.get(earlier) ?? 0) + count);
    }
  }
  return [...table].toSorted(([a], [b]) => a - b);
}

const NO_ERRORS = { connect: 0, read: 0, write: 0, status: 0, timeout: 0 };

function reportOf(latencies: LatencyCount[], requests: number, durationUs: number): WrkReport {
  return { durationUs, requests, bytes: 0, errors: NO_ERRORS, latencies };
}

const total = (latencies: readonly LatencyCount[]): number =>
  latencies.reduce((sum, [, count]) => sum + count, 0);

describe("wrk's correction of latencies", () => {
  it('is undone exactly, whatever the latencies', () => {
    const tables = fc
      .uniqueArray(fc.integer({ min: 1, max: 3_000 }), { minLength: 1, maxLength: 60 })
      .chain((values) =>
        fc
          .array(fc.integer({ min: 1, max: 50 }), { minLength: values.length, maxLength: values.length })
          .map((counts) =>
            values.toSorted((a, b) => a - b).map((us, i): LatencyCount => [us, counts[i] ?? 1]),
          ),
      );
    fc.assert(
      fc.property(tables, fc.integer({ min: 2, max: 400 }), (measured, expectedUs) => {
        const requests = total(measured);
        // One connection: as many cycles as requests, so that the mean cycle is the one chosen.
        const report = reportOf(correctedByWrk(measured, expectedUs), requests, expectedUs * requests);
        expect(measuredLatencies(report, 1)).toEqual(measured);
      }),
    );
  });

  it('adds samples, else there were nothing to undo', () => {
    expect(
      correctedByWrk(
        [
          [10, 5],
          [100, 1],
        ],
        20,
      ),
    ).toEqual([
      [10, 5],
      [40, 1],
      [60, 1],
      [80, 1],
      [100, 1],
    ]);
  });

  it('is not undone where there was none', () => {
    expect(
      measuredLatencies(
        reportOf(
          [
            [10, 5],
            [100, 1],
          ],
          6,
          1_000_000,
        ),
        1,
      ),
    ).toEqual([
      [10, 5],
      [100, 1],
    ]);
  });

  it('leaves no figure where the samples cannot be traced to the responses', () => {
    expect(
      measuredLatencies(
        reportOf(
          [
            [10, 5],
            [100, 2],
          ],
          6,
          120,
        ),
        1,
      ),
    ).toBeNull();
    expect(measuredLatencies({ ...reportOf([], 6, 120), latencies: null }, 1)).toBeNull();
  });

  it('takes into account that wrk records no latency beyond its timeout', () => {
    const report = { ...reportOf([[10, 5]], 6, 120), errors: { ...NO_ERRORS, timeout: 1 } };
    expect(measuredLatencies(report, 1)).toEqual([[10, 5]]);
  });
});

describe("the report in wrk's output", () => {
  it('is read from behind the mark', () => {
    const output = `Running 1s test\n  100 requests\n\n${REPORT_MARK} 1000123 7 900 1 2 3 4 5\n55 4\n60 3\n`;
    expect(parseReport(output)).toEqual({
      durationUs: 1_000_123,
      requests: 7,
      bytes: 900,
      errors: { connect: 1, read: 2, write: 3, status: 4, timeout: 5 },
      latencies: [
        [55, 4],
        [60, 3],
      ],
    });
  });

  it('says where latencies were too many to read', () => {
    expect(parseReport(`${REPORT_MARK} 1 7 900 0 0 0 0 0\ntoo-wide\n`)?.latencies).toBeNull();
  });

  it.each(['', 'unable to connect to 127.0.0.1:9', `${REPORT_MARK} 1 2 3`, `${REPORT_MARK} 1 2 3 4 5 6 7 x`])(
    'is missing in %j',
    (output) => {
      expect(parseReport(output)).toBeNull();
    },
  );
});
