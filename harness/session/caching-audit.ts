import { type CachingPair, meanServiceUs } from '../analysis/caching.ts';
import type { LoadRequest } from '../model/load.ts';
import type { LoadDriver } from '../model/ports.ts';

const PAIRS = 8;
const SLICE_MS = 250;
/** With more wrong answers than this it is not the same work that is compared. */
const MIN_RIGHT_SHARE = 0.99;

export type CachingAudit =
  | { kind: 'compared'; pairs: CachingPair[] }
  | { kind: 'untold'; why: string }
  | { kind: 'aborted' };

type Slice = { kind: 'measured'; meanUs: number } | Exclude<CachingAudit, { kind: 'compared' }>;

/**
 * Short loads by turns, all requests for one path and each for a path of its own, in the order ABBA, so that what drifts
 * falls on both. A first load that is not counted warms the target. The driver must be one that can vary paths.
 */
export async function auditCaching(
  driver: LoadDriver,
  request: LoadRequest,
  signal: AbortSignal,
): Promise<CachingAudit> {
  const warm = await slice(driver, request, signal);
  if (warm.kind !== 'measured') return warm;
  const pairs: CachingPair[] = [];
  for (let index = 0; index < PAIRS; index++) {
    const fixed = { ...request, seed: request.seed + index };
    const varied = { ...fixed, vary: 'query' } as const;
    const [first, second] = index % 2 === 0 ? [fixed, varied] : [varied, fixed];
    const one = await slice(driver, first, signal);
    if (one.kind !== 'measured') return one;
    const other = await slice(driver, second, signal);
    if (other.kind !== 'measured') return other;
    const [fixedUs, variedUs] = first === fixed ? [one.meanUs, other.meanUs] : [other.meanUs, one.meanUs];
    pairs.push({ fixedUs, variedUs });
  }
  return { kind: 'compared', pairs };
}

async function slice(driver: LoadDriver, request: LoadRequest, signal: AbortSignal): Promise<Slice> {
  const brief: LoadRequest = {
    ...request,
    warmup: { minMs: 0, maxMs: 0 },
    termination: { kind: 'duration', ms: SLICE_MS },
  };
  const observer = { window: () => undefined, progress: () => undefined };
  const outcome = await driver.run(brief, observer, signal);
  if (outcome.kind === 'aborted') return outcome;
  if (outcome.kind === 'failed') return { kind: 'untold', why: outcome.reason.detail };
  const { sent, ok } = outcome.result.counts;
  if (ok === 0 || ok < sent * MIN_RIGHT_SHARE) {
    const which = request.vary === undefined ? 'for the path itself' : 'for paths of their own';
    return { kind: 'untold', why: `of ${sent} requests ${which} ${ok} were answered as expected` };
  }
  return { kind: 'measured', meanUs: meanServiceUs(outcome.result) };
}
