import { describe, expect, it } from 'vitest';
import { judgeSchedule, type ScheduleRecord } from '../../harness/engine/open-loop-verdict.ts';

const KEPT: ScheduleRecord = {
  window: { startUs: 0, endUs: 10_000_000 },
  due: 10_000,
  sentInWindow: 10_000,
  loopLagP99Us: 50,
  loopLagMaxUs: 300,
  responseP99Us: 2_000,
};

const codes = (changes: Partial<ScheduleRecord>): string[] =>
  judgeSchedule({ ...KEPT, ...changes }).map(({ code }) => code);

describe('an open loop', () => {
  it('has nothing to say against a schedule that was kept', () => {
    expect(codes({})).toEqual([]);
  });

  it.each([
    [5_000, 2_000, []],
    [5_001, 2_000, ['DRIVER_LAG']],
    [9_999, 100_000, []],
    [10_001, 100_000, ['DRIVER_LAG']],
  ])(
    'G6 schedule lag: lag p99 %d µs at response p99 %d µs gives %j',
    (loopLagP99Us, responseP99Us, expected) => {
      expect(codes({ loopLagP99Us, responseP99Us })).toEqual(expected);
    },
  );

  it('says how late it was, and what would have been in time', () => {
    const [reason] = judgeSchedule({ ...KEPT, loopLagP99Us: 20_000, loopLagMaxUs: 201_000 });
    expect(reason?.detail).toBe('lag p99 20.0 ms, max 201 ms; the limit is 5.00 ms');
  });

  it.each([
    [10_000, 9_900, []],
    [10_000, 9_899, ['RATE_MISSED']],
    [10_000, 10_101, ['RATE_MISSED']],
    [100, 98, []],
    [100, 97, ['RATE_MISSED']],
    [1, 0, []],
    [0, 0, []],
  ])('G5 rate fidelity: of %d requests due, %d sent gives %j', (due, sentInWindow, expected) => {
    expect(codes({ due, sentInWindow })).toEqual(expected);
  });

  it('says which rate was reached instead', () => {
    const [reason] = judgeSchedule({ ...KEPT, sentInWindow: 8_000 });
    expect(reason?.detail).toBe('800 of 1,000 req/s sent (80.00 %)');
  });
});
