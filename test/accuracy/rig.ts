import { createHash } from 'node:crypto';
import { warmupState } from '../../harness/analysis/steady-state.ts';
import { systemClock } from '../../harness/base/clock.ts';
import { createDrivers } from '../../harness/drivers/index.ts';
import { patternBody } from '../../harness/engine/null-server/answer.ts';
import { LatencyHistogram } from '../../harness/histogram/latency-histogram.ts';
import type { LoadRequest, LoadResult } from '../../harness/model/load.ts';
import type { LoadDriver } from '../../harness/model/ports.ts';
import { measure } from '../drivers/run-driver.ts';
import { closedRequest } from '../engine/load-fixtures.ts';
import type { Program } from '../truth/program.ts';
import type { Truth } from '../truth/truth.ts';
import type { Truthd } from '../truth/truthd.ts';

export const drivers = createDrivers({ clock: systemClock, steadiness: warmupState });

/** Drivers that account for every request: what they count can be compared with the truth as integers. */
export const EXACT_DRIVERS: readonly LoadDriver[] = [...drivers.values()].filter(({ id }) => id !== 'wrk');

export const OPEN_DRIVERS: readonly LoadDriver[] = EXACT_DRIVERS.filter(({ loops }) =>
  loops.includes('open'),
);

/** A request for what truthd answers under `/load`; no warm-up, so that server and driver count the same requests. */
export function loadOf(
  truthd: { readonly port: number },
  changes: Partial<LoadRequest> & { bodyBytes?: number } = {},
): LoadRequest {
  const { bodyBytes = 1_024, ...rest } = changes;
  const bodySha256 = createHash('sha256').update(patternBody(bodyBytes)).digest('hex');
  return closedRequest({
    port: truthd.port,
    path: '/load',
    expected: { status: 200, bodyBytes, bodySha256 },
    requestTimeoutMs: 5_000,
    drainMs: 2_000,
    ...rest,
  });
}

export interface Comparison {
  result: LoadResult;
  truth: Truth;
  service: Latencies;
  response: Latencies;
}

/** Programs the server, loads it, and puts what the driver says beside what the server knows. */
export async function compare(
  driver: LoadDriver,
  truthd: Truthd,
  program: Program,
  changes: Parameters<typeof loadOf>[1] = {},
): Promise<Comparison> {
  await truthd.program(program);
  const bodyBytes = program.bodyBytes === undefined ? {} : { bodyBytes: program.bodyBytes };
  const result = await measure(driver, loadOf(truthd, { ...bodyBytes, ...changes }));
  const { serviceTime, responseTime } = result.histograms;
  return {
    result,
    truth: await truthd.truth(),
    service: latencies(serviceTime),
    response: latencies(responseTime),
  };
}

/** What tests ask of a histogram, in µs; read at once, so that nothing is left to destroy. */
export interface Latencies {
  count: number;
  meanUs: number;
  minUs: number;
  maxUs: number;
  p50: number;
  p99: number;
  p999: number;
}

export function latencies(encoded: string): Latencies {
  const histogram = LatencyHistogram.decode(encoded);
  const { count, meanUs, minUs, maxUs } = histogram;
  const [p50 = 0, p99 = 0, p999 = 0] = [50, 99, 99.9].map((percentile) => histogram.percentileUs(percentile));
  histogram.destroy();
  return { count, meanUs, minUs, maxUs, p50, p99, p999 };
}

export function seconds({ window }: LoadResult): number {
  return (window.endUs - window.startUs) / 1e6;
}
