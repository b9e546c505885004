import { emptyRow, type PublishedRow } from '../published-row.ts';
import { asNumber, asObject, asText, type JsonObject } from './values.ts';

/**
 * the-benchmarker's data.json: one entry a figure, keyed by framework and number of connections (`level`). Latencies are
 * µs, and so is what it calls `duration_ms`.
 */
export function parseTheBenchmarker(value: unknown): PublishedRow[] | null {
  const file = asObject(value);
  if (!Array.isArray(file?.metrics) || !Array.isArray(file.frameworks)) return null;
  const names = new Map(
    file.frameworks.flatMap((each) => {
      const framework = asObject(each);
      const id = asNumber(framework?.id);
      return id === null
        ? []
        : [[id, asText(framework?.label) ?? asText(framework?.name) ?? `#${id}`] as const];
    }),
  );
  const figures = new Map<string, { level: number; id: number; values: Map<string, number> }>();
  for (const entry of file.metrics.map(asObject)) {
    const read = readEntry(entry);
    if (read === null) continue;
    const key = `${read.level}/${read.id}`;
    const cell = figures.get(key) ?? { level: read.level, id: read.id, values: new Map<string, number>() };
    cell.values.set(read.label, read.value);
    figures.set(key, cell);
  }
  if (figures.size === 0) return null;
  return [...figures.values()].map(({ level, id, values }, i) =>
    toRow(names.get(id) ?? `#${id}`, level, values, i + 1),
  );
}

function readEntry(
  entry: JsonObject | null,
): { level: number; id: number; label: string; value: number } | null {
  const level = asNumber(entry?.level);
  const id = asNumber(entry?.framework_id);
  const label = asText(entry?.label);
  const value = asNumber(entry?.value);
  return level === null || id === null || label === null || value === null
    ? null
    : { level, id, label, value };
}

function toRow(name: string, level: number, values: ReadonlyMap<string, number>, row: number): PublishedRow {
  const of = (label: string): number | null => values.get(label) ?? null;
  const percentiles = [...values].flatMap(([label, us]) => {
    const percentile = /^percentile_([\d.]+)$/.exec(label)?.[1];
    return percentile === undefined ? [] : [[Number(percentile), us] as const];
  });
  const durationUs = of('duration_ms');
  return {
    ...emptyRow(`${name} (${level})`, row),
    group: `${level} connections`,
    loop: 'closed',
    connections: level,
    durationS: durationUs === null ? null : durationUs / 1e6,
    rps: of('total_requests_per_s'),
    responses: of('total_requests'),
    errorResponses: of('http_errors'),
    failedRequests: of('request_timeouts'),
    latencyUs: {
      min: of('minimum_latency'),
      mean: of('average_latency'),
      max: of('maximum_latency'),
      percentiles: percentiles.toSorted((a, b) => a[0] - b[0]),
      resolutionUs: 1,
    },
  };
}
