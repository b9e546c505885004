import { createHash } from 'node:crypto';
import { systemClock } from '../../harness/base/clock.ts';
import { createDrivers } from '../../harness/drivers/index.ts';
import { LatencyHistogram } from '../../harness/histogram/latency-histogram.ts';
import { imbalance } from '../../harness/model/counts.ts';
import {
  type LoadRequest,
  type LoadResult,
  loadResultSchema,
  type MeasuredWindow,
} from '../../harness/model/load.ts';
import type { LoadDriver, LoadOutcome } from '../../harness/model/ports.ts';
import { closedRequest } from '../engine/load-fixtures.ts';
import { BODY } from './fault-server.ts';

export const BODY_SHA256 = createHash('sha256').update(BODY).digest('hex');

export function driverNamed(id: string): LoadDriver {
  const driver = createDrivers({ clock: systemClock, steadiness: () => 'steady' }).get(id);
  if (driver === undefined) throw new Error(`no driver ${id}`);
  return driver;
}

/** A request for the body of the fault server, on two connections unless told otherwise. */
export function requestFor(port: number, changes: Partial<LoadRequest> = {}): LoadRequest {
  return closedRequest({
    port,
    connections: 2,
    expected: { status: 200, bodyBytes: BODY.length, bodySha256: BODY_SHA256 },
    ...changes,
  });
}

export async function runDriver(
  driver: LoadDriver,
  request: LoadRequest,
  signal: AbortSignal = new AbortController().signal,
): Promise<{ outcome: LoadOutcome; windows: MeasuredWindow[] }> {
  const windows: MeasuredWindow[] = [];
  const observer = { window: (window: MeasuredWindow) => windows.push(window), progress: () => undefined };
  return { outcome: await driver.run(request, observer, signal), windows };
}

/** Runs the load and checks what holds for every result: it fits the schema, and its accounts balance. */
export async function measure(driver: LoadDriver, request: LoadRequest): Promise<LoadResult> {
  const { outcome } = await runDriver(driver, request);
  if (outcome.kind !== 'measured') throw new Error(`not measured: ${JSON.stringify(outcome)}`);
  const result = loadResultSchema.parse(outcome.result);
  if (imbalance(result.counts) !== 0) throw new Error(`unbalanced: ${JSON.stringify(result.counts)}`);
  return result;
}

/** The latencies of a result; the caller destroys the histogram. */
export function serviceTimeOf(result: LoadResult): LatencyHistogram {
  return LatencyHistogram.decode(result.histograms.serviceTime);
}
