import { describe, expect, it } from 'vitest';
import type { WrkReport } from '../../../harness/drivers/wrk/report.ts';
import { wrkResult } from '../../../harness/drivers/wrk/result.ts';
import { imbalance } from '../../../harness/model/counts.ts';
import { loadResultSchema } from '../../../harness/model/load.ts';
import { closedRequest } from '../../engine/load-fixtures.ts';

const REPORT: WrkReport = {
  durationUs: 1_000_000,
  requests: 100,
  bytes: 120_000,
  errors: { connect: 3, read: 2, write: 1, status: 10, timeout: 5 },
  latencies: null,
};

function resultOf(
  changes: {
    threadCpu?: readonly number[] | null;
    bodyBytes?: number | null;
    shown?: WrkReport['latencies'];
  } = {},
) {
  const { threadCpu = [400_000_000, 100_000_000], bodyBytes = 1_024 } = changes;
  return wrkResult(closedRequest({ expected: { status: 200, bodyBytes, bodySha256: null } }), {
    report: { ...REPORT, latencies: changes.shown ?? REPORT.latencies },
    latencies: [[1_000, 95]],
    startUs: 5,
    warmupMs: 1_000,
    threads: 2,
    version: '4.1.0',
    threadCpu,
  });
}

describe('a result of wrk', () => {
  it('balances: every error has its place among the outcomes', () => {
    const { counts } = resultOf();
    expect(imbalance(counts)).toBe(0);
    expect(counts).toMatchObject({ sent: 106, ok: 85, badStatus: 10, timeout: 5, connectError: 3, reset: 3 });
  });

  it('fits the schema of results, whose window has the length that wrk measured', () => {
    const result = loadResultSchema.parse(resultOf());
    expect(result.window).toEqual({ startUs: 5, endUs: 1_000_005 });
  });

  it('takes the busiest thread for its utilisation, and says what it cannot read', () => {
    expect(resultOf().driverLoad.cpuNs.value).toBe(500_000_000);
    expect(resultOf().driverLoad.cpuUtilization.value).toBeCloseTo(0.4, 9);
    expect(resultOf({ threadCpu: null }).driverLoad.cpuNs).toMatchObject({ value: null });
    expect(resultOf().driverLoad.eventLoopUtilization.missing).toBe('wrk does not tell');
  });

  it('bears the label of all that wrk measures, and says whether its correction was undone', () => {
    const detailOf = (shown: WrkReport['latencies']) => resultOf({ shown }).reasons[0]?.detail;
    const label = 'closed loop, tool-corrected, timeouts not counted; ';
    expect(detailOf([[1_000, 95]])).toContain(`${label}the correction had added no sample; `);
    expect(
      detailOf([
        [500, 7],
        [1_000, 95],
      ]),
    ).toContain(`${label}the correction is undone: 7 samples that it had added are left out; `);
  });

  it('says whose bytes its bytes are', () => {
    expect(resultOf().bodyBytesInWindow).toBe(85 * 1_024);
    expect(resultOf({ bodyBytes: null }).bodyBytesInWindow).toBe(120_000);
    expect(resultOf({ bodyBytes: null }).reasons[0]?.detail).toContain('include those of headers');
  });
});
