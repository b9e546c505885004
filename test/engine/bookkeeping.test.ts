import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Alarms } from '../../harness/engine/alarms.ts';
import { Backoff } from '../../harness/engine/backoff.ts';
import { ConnectionTroubles } from '../../harness/engine/connection-troubles.ts';
import { RequestQueue, RequestSlots } from '../../harness/engine/request-queue.ts';

describe('alarms', () => {
  const rung = (alarms: Alarms, nowUs: number): number[] => {
    const indices: number[] = [];
    alarms.sweep(nowUs, (index) => indices.push(index));
    return indices;
  };

  it('ring when their time has come, once', () => {
    const alarms = new Alarms(4);
    alarms.set(1, 100);
    alarms.set(3, 200);
    expect(rung(alarms, 99)).toEqual([]);
    expect(rung(alarms, 100)).toEqual([1]);
    expect(rung(alarms, 1_000)).toEqual([3]);
    expect(rung(alarms, 1_000)).toEqual([]);
  });

  it('ring at the time set last, or not at all', () => {
    const alarms = new Alarms(2);
    alarms.set(0, 100);
    alarms.set(0, 300);
    alarms.set(1, 100);
    alarms.clear(1);
    expect(rung(alarms, 299)).toEqual([]);
    expect(rung(alarms, 300)).toEqual([0]);
  });

  it('may be set anew while they ring', () => {
    const alarms = new Alarms(1);
    alarms.set(0, 100);
    alarms.sweep(100, () => alarms.set(0, 150));
    expect(rung(alarms, 149)).toEqual([]);
    expect(rung(alarms, 150)).toEqual([0]);
  });
});

describe('a queue of requests', () => {
  it('gives back what was put in, in order, however it grows and wraps', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.oneof(fc.constant('shift' as const), fc.boolean()), { maxLength: 200 }),
        (capacity, steps) => {
          const queue = new RequestQueue(capacity);
          const model: Array<[number, number, boolean]> = [];
          for (const [index, step] of steps.entries()) {
            if (step === 'shift') {
              if (model.length === 0) continue;
              expect([queue.headIntendedUs, queue.headSentUs, queue.headIsSample]).toEqual(model.shift());
              queue.shift();
            } else {
              queue.push(index, index + 0.5, step);
              model.push([index, index + 0.5, step]);
            }
            expect(queue.length).toBe(model.length);
          }
        },
      ),
    );
  });

  it('keeps to its stretch of slots that it shares, and leaves it when it grows', () => {
    const slots = new RequestSlots(6);
    const [first, second] = [new RequestQueue(2, slots, 0), new RequestQueue(2, slots, 2)];
    const third = new RequestQueue(2, slots, 4);
    for (let value = 1; value <= 5; value++) second.push(value, value + 0.5, true);
    first.push(10, 10.5, false);
    third.push(30, 30.5, false);
    expect([first.headIntendedUs, second.headIntendedUs, third.headIntendedUs]).toEqual([10, 1, 30]);
    for (let value = 1; value <= 5; value++) {
      expect([second.headIntendedUs, second.headSentUs, second.headIsSample]).toEqual([
        value,
        value + 0.5,
        true,
      ]);
      second.shift();
    }
    expect([first.length, second.length, third.length]).toEqual([1, 0, 1]);
  });
});

describe('the back-off of a connection', () => {
  const CONNECTED_US = 1_000_000;
  const make = (): Backoff => {
    const backoff = new Backoff();
    backoff.connecting(CONNECTED_US);
    return backoff;
  };

  it('lets a server that answered and closed in order be followed at once', () => {
    expect(make().retryUs({ hasFailed: false, hasAnswered: true })).toBeLessThan(CONNECTED_US);
  });

  it('keeps to 20 connects a second after a failure', () => {
    expect(make().retryUs({ hasFailed: true, hasAnswered: true })).toBe(CONNECTED_US + 50_000);
    expect(make().retryUs({ hasFailed: true, hasAnswered: false })).toBe(CONNECTED_US + 50_000);
    expect(make().retryUs({ hasFailed: false, hasAnswered: false })).toBe(CONNECTED_US + 50_000);
  });

  it('doubles while no life brings an answer, up to 0.8 s, and starts over after one', () => {
    const backoff = make();
    const waits = Array.from(
      { length: 7 },
      () => (backoff.retryUs({ hasFailed: true, hasAnswered: false }) - CONNECTED_US) / 1_000,
    );
    expect(waits).toEqual([50, 100, 200, 400, 800, 800, 800]);
    backoff.retryUs({ hasFailed: true, hasAnswered: true });
    expect(backoff.retryUs({ hasFailed: true, hasAnswered: false })).toBe(CONNECTED_US + 50_000);
  });
});

describe('the troubles of connections', () => {
  it('are none where nothing happened', () => {
    const troubles = new ConnectionTroubles();
    troubles.connectFailed('ECONNREFUSED');
    troubles.connectFailed(null);
    expect(troubles.reasons()).toEqual([]);
  });

  it.each(['EMFILE', 'EADDRNOTAVAIL', 'ENFILE', 'ENOBUFS', 'ENOMEM'])(
    'F30 F31 %s is a limit of this machine, not of the target',
    (code) => {
      const troubles = new ConnectionTroubles();
      troubles.connectFailed(code);
      troubles.connectFailed(code);
      expect(troubles.reasons()).toEqual([
        { code: 'DRIVER_LIMIT', detail: `2 connect(s) failed here with ${code}` },
      ]);
    },
  );

  it('tell of bytes that nobody asked for, and of bodies that are not the expected one', () => {
    const troubles = new ConnectionTroubles();
    troubles.unsolicited();
    troubles.wrongBytes();
    expect(troubles.reasons().map(({ code }) => code)).toEqual(['PROTO_UNSOLICITED', 'BODY_MISMATCH']);
  });
});
