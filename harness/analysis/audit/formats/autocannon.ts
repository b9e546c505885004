import { US_PER_MS } from '../../../base/units.ts';
import { emptyRow, type PublishedRow } from '../published-row.ts';
import { asNumber, asObject, asText, times } from './values.ts';

const PERCENTILES = [
  ['p50', 50],
  ['p75', 75],
  ['p90', 90],
  ['p97_5', 97.5],
  ['p99', 99],
  ['p99_9', 99.9],
  ['p99_99', 99.99],
] as const;

/** `autocannon --json`: latency in whole ms; `requests.total` counts all responses, `non2xx` among them. */
export function parseAutocannon(value: unknown): PublishedRow[] | null {
  const result = asObject(value);
  const latency = asObject(result?.latency);
  const requests = asObject(result?.requests);
  if (result === null || latency === null || requests === null || !('pipelining' in result)) return null;
  const inUs = (key: string): number | null => times(asNumber(latency[key]), US_PER_MS);
  return [
    {
      ...emptyRow(asText(result.title) ?? asText(result.url) ?? 'autocannon', 1),
      loop: 'closed',
      connections: asNumber(result.connections),
      pipelining: asNumber(result.pipelining) ?? 1,
      durationS: asNumber(result.duration),
      rps: asNumber(requests.average) ?? asNumber(requests.mean),
      responses: asNumber(requests.total),
      errorResponses: asNumber(result.non2xx),
      failedRequests: asNumber(result.errors),
      latencyUs: {
        min: inUs('min'),
        mean: inUs('average') ?? inUs('mean'),
        max: inUs('max'),
        percentiles: PERCENTILES.flatMap(([key, percentile]) => {
          const us = inUs(key);
          return us === null ? [] : [[percentile, us] as const];
        }),
        // Each sample is a whole ms, so the mean is off by up to one.
        resolutionUs: US_PER_MS,
      },
    },
  ];
}
