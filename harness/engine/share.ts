import type { LoadRequest } from '../model/load.ts';
import { invariant } from '../base/errors.ts';

/** Splits a whole number into `parts` whole numbers that differ by at most one and sum to exactly `total`. */
export function splitWhole(total: number, parts: number): number[] {
  const base = Math.floor(total / parts);
  const larger = total - base * parts;
  return Array.from({ length: parts }, (_, index) => base + (index < larger ? 1 : 0));
}

/**
 * Splits a rate into shares that sum to exactly `rateRps`: whole requests per second that differ by at most one, and the
 * fraction, if there is one, on top of the first share. Sums of whole numbers are exact, and so is taking one from a larger float.
 */
export function splitRate(rateRps: number, parts: number): number[] {
  const shares = splitWhole(Math.floor(rateRps), parts);
  const others = shares.slice(1).reduce((sum, share) => sum + share, 0);
  return shares.map((share, index) => (index === 0 ? rateRps - others : share));
}

/** How many workers can have something to do: each needs a connection, a request to send, and a positive rate. */
export function usefulWorkers(request: LoadRequest): number {
  const { workers, connections, termination, loop } = request;
  const requests = termination.kind === 'amount' ? termination.requests : Number.POSITIVE_INFINITY;
  const wholeRate = loop.kind === 'open' ? Math.floor(loop.rateRps) : Number.POSITIVE_INFINITY;
  return Math.max(1, Math.min(workers, connections, requests, wholeRate));
}

/**
 * The exact share of each worker. Connections, amount and rate sum to what was asked, whatever the number of workers:
 * nothing is rounded away, and no worker is left without work.
 */
export function splitRequest(request: LoadRequest): LoadRequest[] {
  const workers = usefulWorkers(request);
  const { termination, loop } = request;
  const connections = splitWhole(request.connections, workers);
  const amounts = termination.kind === 'amount' ? splitWhole(termination.requests, workers) : null;
  const rates = loop.kind === 'open' ? splitRate(loop.rateRps, workers) : null;
  return connections.map((share, index) => ({
    ...request,
    workers: 1,
    connections: share,
    termination: amounts === null ? termination : { kind: 'amount', requests: shareAt(amounts, index) },
    loop: rates === null || loop.kind === 'closed' ? loop : { ...loop, rateRps: shareAt(rates, index) },
  }));
}

function shareAt(shares: readonly number[], index: number): number {
  const share = shares[index];
  invariant(share !== undefined, `no share for worker ${index}`);
  return share;
}
