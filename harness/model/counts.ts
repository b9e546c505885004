import { z } from '../base/schema.ts';

const count = z.int().min(0);

/** What became of every request sent within the measured window. */
export const requestCountsSchema = z.strictObject({
  sent: count,
  ok: count,
  badStatus: count,
  badBody: count,
  connectError: count,
  reset: count,
  protocolError: count,
  truncated: count,
  timeout: count,
  unfinished: count,
  /** Scheduled by an open loop, never sent; not part of `sent`. */
  dropped: count,
});

export type RequestCounts = z.infer<typeof requestCountsSchema>;
export type Outcome = Exclude<keyof RequestCounts, 'sent' | 'dropped'>;

export const OUTCOMES = [
  'ok',
  'badStatus',
  'badBody',
  'connectError',
  'reset',
  'protocolError',
  'truncated',
  'timeout',
  'unfinished',
] as const satisfies readonly Outcome[];

export function zeroCounts(): RequestCounts {
  return {
    sent: 0,
    ok: 0,
    badStatus: 0,
    badBody: 0,
    connectError: 0,
    reset: 0,
    protocolError: 0,
    truncated: 0,
    timeout: 0,
    unfinished: 0,
    dropped: 0,
  };
}

export function addCounts(a: RequestCounts, b: RequestCounts): RequestCounts {
  const sum = zeroCounts();
  for (const key of [...OUTCOMES, 'sent', 'dropped'] as const) sum[key] = a[key] + b[key];
  return sum;
}

/** `sent` minus the sum of all outcomes: 0 for every honest record. */
export function imbalance(counts: RequestCounts): number {
  return counts.sent - OUTCOMES.reduce((sum, outcome) => sum + counts[outcome], 0);
}

/** Requests that got a whole response, right or wrong. */
export function completed(counts: RequestCounts): number {
  return counts.ok + counts.badStatus + counts.badBody;
}

/** Requests that did not get the right response. */
export function failures(counts: RequestCounts): number {
  return counts.sent - counts.ok;
}
