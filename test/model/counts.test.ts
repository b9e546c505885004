import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addCounts,
  completed,
  failures,
  imbalance,
  OUTCOMES,
  type RequestCounts,
  requestCountsSchema,
  zeroCounts,
} from '../../harness/model/counts.ts';

const balanced = fc
  .record(Object.fromEntries([...OUTCOMES, 'dropped'].map((key) => [key, fc.nat(1_000_000)])))
  .map((parts): RequestCounts => {
    const counts = { ...zeroCounts(), ...parts };
    return { ...counts, sent: OUTCOMES.reduce((sum, outcome) => sum + counts[outcome], 0) };
  });

describe('the accounting of requests', () => {
  it('P2: balances exactly where every request has one outcome', () => {
    fc.assert(fc.property(balanced, (counts) => imbalance(counts) === 0));
  });

  it('P2: shows by how much where an outcome was lost or counted twice', () => {
    fc.assert(
      fc.property(
        balanced,
        fc.constantFrom(...OUTCOMES),
        fc.integer({ min: 1, max: 9 }),
        (counts, outcome, extra) => {
          expect(imbalance({ ...counts, [outcome]: counts[outcome] + extra })).toBe(-extra);
          expect(imbalance({ ...counts, sent: counts.sent + extra })).toBe(extra);
        },
      ),
    );
  });

  it('stays balanced when workers are added up', () => {
    fc.assert(fc.property(balanced, balanced, (a, b) => imbalance(addCounts(a, b)) === 0));
  });

  it('adds every outcome, and what was dropped', () => {
    const one = { ...zeroCounts(), sent: 9, ok: 1, badStatus: 1, badBody: 1, connectError: 1, reset: 1 };
    const two = { ...one, protocolError: 1, truncated: 1, timeout: 1, unfinished: 1, dropped: 4 };
    expect(addCounts(one, two)).toEqual({
      sent: 18,
      ok: 2,
      badStatus: 2,
      badBody: 2,
      connectError: 2,
      reset: 2,
      protocolError: 1,
      truncated: 1,
      timeout: 1,
      unfinished: 1,
      dropped: 4,
    });
  });

  it('never counts a dropped request as sent', () => {
    expect(imbalance({ ...zeroCounts(), dropped: 5 })).toBe(0);
  });

  it('M5: counts a truncated response neither as completed nor as ok', () => {
    const counts = { ...zeroCounts(), sent: 3, ok: 1, badBody: 1, truncated: 1 };
    expect(completed(counts)).toBe(2);
    expect(failures(counts)).toBe(2);
  });

  it('refuses negative and fractional counts', () => {
    expect(requestCountsSchema.safeParse({ ...zeroCounts(), ok: -1 }).success).toBe(false);
    expect(requestCountsSchema.safeParse({ ...zeroCounts(), ok: 0.5 }).success).toBe(false);
  });
});
