import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitRate, splitRequest, splitWhole, usefulWorkers } from '../../harness/engine/share.ts';
import type { LoadRequest } from '../../harness/model/load.ts';
import { closedRequest } from './load-fixtures.ts';

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const requests: fc.Arbitrary<LoadRequest> = fc
  .record({
    connections: fc.integer({ min: 1, max: 5_000 }),
    workers: fc.integer({ min: 1, max: 64 }),
    amount: fc.option(fc.integer({ min: 1, max: 10_000_000 })),
    rateRps: fc.option(fc.double({ min: 0.01, max: 1e7, noNaN: true })),
  })
  .map(({ connections, workers, amount, rateRps }) =>
    closedRequest({
      connections,
      workers,
      termination: amount === null ? { kind: 'duration', ms: 1_000 } : { kind: 'amount', requests: amount },
      loop: rateRps === null ? { kind: 'closed' } : { kind: 'open', rateRps, arrivals: 'constant' },
    }),
  );

describe('splitting whole numbers', () => {
  it('gives shares that sum to the total and differ by at most one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), fc.integer({ min: 1, max: 100 }), (total, parts) => {
        const shares = splitWhole(total, parts);
        expect(shares).toHaveLength(parts);
        expect(sum(shares)).toBe(total);
        expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('does not lose the remainder of 10 connections over 3 workers', () => {
    expect(splitWhole(10, 3)).toEqual([4, 3, 3]);
  });
});

describe('splitting a rate', () => {
  it('sums to the rate to the last bit', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 1e7, noNaN: true }),
        fc.integer({ min: 1, max: 64 }),
        (rate, parts) => {
          expect(sum(splitRate(rate, parts))).toBe(rate);
        },
      ),
    );
  });

  it('puts the fraction on the first share', () => {
    expect(splitRate(1_000.5, 3)).toEqual([334.5, 333, 333]);
  });
});

describe('splitting a load request', () => {
  it('gives every worker a share of work, and the shares sum to exactly what was asked', () => {
    fc.assert(
      fc.property(requests, (request) => {
        const shares = splitRequest(request);
        expect(shares).toHaveLength(usefulWorkers(request));
        expect(sum(shares.map((share) => share.connections))).toBe(request.connections);
        for (const share of shares) expect(share.connections).toBeGreaterThanOrEqual(1);
        if (request.termination.kind === 'amount') {
          const amounts = shares.map(({ termination }) =>
            termination.kind === 'amount' ? termination.requests : Number.NaN,
          );
          expect(sum(amounts)).toBe(request.termination.requests);
          expect(Math.min(...amounts)).toBeGreaterThanOrEqual(1);
        }
        if (request.loop.kind === 'open') {
          const rates = shares.map(({ loop }) => (loop.kind === 'open' ? loop.rateRps : Number.NaN));
          expect(sum(rates)).toBe(request.loop.rateRps);
          expect(Math.min(...rates)).toBeGreaterThan(0);
        }
      }),
    );
  });

  it('never uses more workers than connections, requests or requests per second', () => {
    expect(usefulWorkers(closedRequest({ connections: 2, workers: 8 }))).toBe(2);
    expect(
      usefulWorkers(
        closedRequest({ connections: 9, workers: 8, termination: { kind: 'amount', requests: 3 } }),
      ),
    ).toBe(3);
    expect(
      usefulWorkers(
        closedRequest({
          connections: 9,
          workers: 8,
          loop: { kind: 'open', rateRps: 0.5, arrivals: 'poisson' },
        }),
      ),
    ).toBe(1);
  });

  it('leaves everything that is not shared out as it was', () => {
    const request = closedRequest({ connections: 7, workers: 2 });
    for (const share of splitRequest(request)) {
      expect({ ...share, connections: 7, workers: 2 }).toEqual(request);
    }
  });
});
