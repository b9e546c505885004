import { emptyRow, type PublishedRow } from '../published-row.ts';
import { asNumber, asObject, asText, type JsonObject, parseTimeUs } from './values.ts';

/** HttpArena's rows: latency and duration as text with a unit, responses by class of status. */
export function parseHttpArena(value: unknown): PublishedRow[] | null {
  if (!Array.isArray(value) || value.length === 0) return null;
  const objects = value.map(asObject);
  const rows = objects.map((object, i) => (object === null ? null : parseRow(object, i + 1)));
  return isComplete(rows) ? rows : null;
}

function parseRow(object: JsonObject, row: number): PublishedRow | null {
  const framework = asText(object.framework);
  const rps = asNumber(object.rps);
  if (framework === null || rps === null || !('status_2xx' in object)) return null;
  const time = (key: string): ReturnType<typeof parseTimeUs> => parseTimeUs(asText(object[key]) ?? '');
  const status = (kind: number): number => asNumber(object[`status_${kind}xx`]) ?? 0;
  const mean = time('avg_latency');
  const p99 = time('p99_latency');
  const durationS = (time('duration')?.us ?? 0) / 1e6;
  return {
    ...emptyRow(framework, row),
    group: `${asNumber(object.connections) ?? '?'} connections, pipeline ${asNumber(object.pipeline) ?? 1}`,
    loop: 'closed',
    connections: asNumber(object.connections),
    pipelining: asNumber(object.pipeline) ?? 1,
    durationS: durationS > 0 ? durationS : null,
    rps,
    responses: [2, 3, 4, 5].reduce((sum, kind) => sum + status(kind), 0),
    errorResponses: status(4) + status(5),
    latencyUs: {
      min: null,
      mean: mean?.us ?? null,
      max: null,
      percentiles: p99 === null ? [] : [[99, p99.us]],
      resolutionUs: mean?.resolutionUs ?? 0,
    },
  };
}

function isComplete(rows: readonly (PublishedRow | null)[]): rows is PublishedRow[] {
  return rows.every((row) => row !== null);
}
