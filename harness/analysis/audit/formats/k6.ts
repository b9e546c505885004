import { US_PER_MS } from '../../../base/units.ts';
import { emptyRow, type PublishedRow } from '../published-row.ts';
import { asNumber, asObject, type JsonObject, times } from './values.ts';

/**
 * k6's summary, of `handleSummary` (figures under `values`) or of `--summary-export` (figures beside the name). Times in
 * ms. Virtual users pause as their script says, so the number in flight has no fixed size.
 */
export function parseK6(value: unknown): PublishedRow[] | null {
  const metrics = asObject(asObject(value)?.metrics);
  const requests = valuesOf(metrics, 'http_reqs');
  const duration = valuesOf(metrics, 'http_req_duration');
  if (requests === null || duration === null) return null;
  const failed = valuesOf(metrics, 'http_req_failed');
  const failedShare = asNumber(failed?.rate) ?? asNumber(failed?.value);
  const count = asNumber(requests.count);
  const runMs = asNumber(asObject(asObject(value)?.state)?.testRunDurationMs);
  const inUs = (key: string): number | null => times(asNumber(duration[key]), US_PER_MS);
  const median = inUs('med');
  const percentiles = Object.keys(duration).flatMap((key) => {
    const percentile = /^p\(([\d.]+)\)$/.exec(key)?.[1];
    const us = inUs(key);
    return percentile === undefined || us === null ? [] : [[Number(percentile), us] as const];
  });
  return [
    {
      ...emptyRow('k6', 1),
      durationS: runMs === null ? null : runMs / 1_000,
      rps: asNumber(requests.rate),
      responses: count,
      errorResponses: count === null || failedShare === null ? null : Math.round(count * failedShare),
      latencyUs: {
        min: inUs('min'),
        mean: inUs('avg'),
        max: inUs('max'),
        percentiles: [...(median === null ? [] : [[50, median] as const]), ...percentiles].toSorted(
          (a, b) => a[0] - b[0],
        ),
        resolutionUs: 0,
      },
    },
  ];
}

function valuesOf(metrics: JsonObject | null, name: string): JsonObject | null {
  const metric = asObject(metrics?.[name]);
  return asObject(metric?.values) ?? metric;
}
