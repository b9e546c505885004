import { describe, expect, it } from 'vitest';
import { Tally } from '../../../harness/drivers/autocannon/tally.ts';
import { imbalance } from '../../../harness/model/counts.ts';

const DURATION = { kind: 'duration', ms: 1 } as const;

function tallyOf(startUs: number, endUs: number): Tally {
  const tally = new Tally(DURATION);
  tally.setWindow({ startUs, endUs });
  return tally;
}

describe('the tally of a window from 1,000 to 2,000 µs', () => {
  it('takes the outcome of requests that start in it, and the arrival of responses that end in it', () => {
    const tally = tallyOf(1_000, 2_000);
    const early = tally.send(900);
    tally.end(early, 'ok', 1_100, 5);
    const inside = tally.send(1_100);
    tally.end(inside, 'ok', 1_500, 5);
    const crossing = tally.send(1_999);
    expect(tally.open).toBe(1);
    expect(tally.isComplete(2_000)).toBe(false);
    tally.end(crossing, 'ok', 2_600, 5);
    expect(tally.isComplete(2_600)).toBe(true);
    const late = tally.send(2_000);
    tally.end(late, 'ok', 2_700, 5);
    const result = tally.result(2_700);
    expect(result.counts).toMatchObject({ sent: 2, ok: 2 });
    expect(result).toMatchObject({ completedInWindow: 2, okInWindow: 2, bodyBytesInWindow: 10 });
    expect(result.window).toEqual({ startUs: 1_000, endUs: 2_000 });
  });

  it('counts wrong responses as completed but not as correct, and lost ones as neither', () => {
    const tally = tallyOf(1_000, 2_000);
    for (const outcome of ['badStatus', 'badBody', 'reset', 'timeout'] as const) {
      tally.end(tally.send(1_100), outcome, 1_200, 7);
    }
    const result = tally.result(3_000);
    expect(imbalance(result.counts)).toBe(0);
    expect(result).toMatchObject({ completedInWindow: 2, okInWindow: 0, bodyBytesInWindow: 14 });
  });

  it('takes wire bytes that arrive in it only', () => {
    const tally = tallyOf(1_000, 2_000);
    tally.received(1, 999);
    tally.received(10, 1_000);
    tally.received(100, 1_999);
    tally.received(1_000, 2_000);
    expect(tally.result(3_000).wireBytesInWindow).toBe(110);
  });
});

describe('the tally of an amount', () => {
  it('ends at its last outcome, whenever someone looks', () => {
    const tally = new Tally({ kind: 'amount', requests: 2 });
    tally.setWindow({ startUs: 100, endUs: Number.POSITIVE_INFINITY });
    const first = tally.send(100);
    const second = tally.send(150);
    expect(tally.maySend).toBe(false);
    tally.end(second, 'ok', 300);
    expect(tally.isComplete(300)).toBe(false);
    tally.end(first, 'reset', 420);
    expect(tally.isComplete(420)).toBe(true);
    expect(tally.result(9_000).window).toEqual({ startUs: 100, endUs: 420 });
  });
});

describe('the ticks of a tally', () => {
  it('sum up what happened since the last one', () => {
    const tally = tallyOf(0, 1e9);
    tally.begin(0);
    tally.end(tally.send(10), 'ok', 40);
    tally.end(tally.send(10), 'ok', 60);
    tally.end(tally.send(10), 'reset', 70);
    const totals = { completed: 2, failed: 1, latencySumUs: 80, latencyMaxUs: 50 };
    expect(tally.takeTick(100)).toEqual({ atUs: 100, periodUs: 100, ...totals });
    expect(tally.takeTick(250)).toMatchObject({ atUs: 250, periodUs: 150, completed: 0, latencyMaxUs: 0 });
    tally.result(300);
  });
});

describe('the reasons of a tally', () => {
  it('stand once each, with how often they were seen', () => {
    const tally = tallyOf(0, 10);
    for (let i = 0; i < 3; i++) tally.note('DRIVER_LIMIT', 'EMFILE');
    expect(tally.result(20).reasons).toEqual([{ code: 'DRIVER_LIMIT', detail: 'EMFILE (3 times)' }]);
  });
});
