import { US_PER_S } from '../../../base/units.ts';
import { emptyRow, type PublishedLatency, type PublishedRow } from '../published-row.ts';
import { asNumber, asObject, numberIn, parseTimeUs, sumOf, timeIn, times } from './values.ts';

const isErrorStatus = (status: string): boolean => /^[45]\d\d/.test(status);

/** `oha --output-format json` (or `-j`): all times in seconds, percentiles by name. */
export function parseOhaJson(value: unknown): PublishedRow[] | null {
  const summary = asObject(asObject(value)?.summary);
  const statuses = asObject(asObject(value)?.statusCodeDistribution);
  if (summary === null || !('requestsPerSec' in summary)) return null;
  const inUs = (key: string): number | null => times(asNumber(summary[key]), US_PER_S);
  const percentiles = Object.entries(asObject(asObject(value)?.latencyPercentiles) ?? {}).flatMap(
    ([key, s]) => {
      const percentile = Number(key.replace(/^p/, ''));
      const seconds = asNumber(s);
      return seconds === null || Number.isNaN(percentile) ? [] : [[percentile, seconds * US_PER_S] as const];
    },
  );
  return [
    {
      ...emptyRow('oha', 1),
      durationS: asNumber(summary.total),
      rps: asNumber(summary.requestsPerSec),
      responses: statuses === null ? null : sumOf(statuses),
      errorResponses: sumOf(statuses, isErrorStatus),
      failedRequests: failuresOf(asObject(asObject(value)?.errorDistribution)),
      latencyUs: {
        ...latencyOf(inUs('fastest'), inUs('average'), inUs('slowest'), percentiles),
        resolutionUs: 0,
      },
    },
  ];
}

/** oha's text report: seconds with four digits (later versions choose the unit). */
export function parseOhaText(text: string): PublishedRow[] | null {
  if (!/^Summary:/m.test(text) || !/Success rate:/.test(text)) return null;
  const time = (label: string): { us: number; resolutionUs: number } | null =>
    timeIn(text, new RegExp(`^\\s*${label}:\\s+([\\d.]+ ?[a-zµ]+)`, 'm'));
  const percentiles = [...text.matchAll(/^\s*([\d.]+)% in ([\d.]+ ?[a-zµ]+)/gm)].flatMap((match) => {
    const parsed = parseTimeUs(match[2] ?? '');
    return parsed === null ? [] : [[Number(match[1]), parsed.us] as const];
  });
  const statuses = [...text.matchAll(/^\s*\[(\d{3})\] (\d+) responses/gm)];
  const count = (include: (status: string) => boolean): number =>
    statuses.reduce((sum, [, status = '', n]) => sum + (include(status) ? Number(n) : 0), 0);
  const average = time('Average');
  const total = time('Total');
  const errors = [...text.matchAll(/^\s*\[(\d+)\] (?!\d+ responses)(?!.*deadline)/gm)];
  return [
    {
      ...emptyRow('oha', 1),
      durationS: total === null ? null : total.us / US_PER_S,
      rps: numberIn(text, /Requests\/sec:\s+([\d.]+)/),
      responses: statuses.length === 0 ? null : count(() => true),
      errorResponses: count(isErrorStatus),
      failedRequests: isHistogramOnly(text) ? 0 : errors.reduce((sum, [, n]) => sum + Number(n), 0),
      latencyUs: {
        ...latencyOf(
          time('Fastest')?.us ?? null,
          average?.us ?? null,
          time('Slowest')?.us ?? null,
          percentiles,
        ),
        resolutionUs: average?.resolutionUs ?? 0,
      },
    },
  ];
}

function isHistogramOnly(text: string): boolean {
  return !/Error distribution:/.test(text);
}

/** Requests cut off by the end of the test are no failures of the server; oha lists them as an error of its own. */
function failuresOf(errors: ReturnType<typeof asObject>): number {
  return sumOf(errors, (message) => !message.includes('deadline'));
}

function latencyOf(
  min: number | null,
  mean: number | null,
  max: number | null,
  percentiles: PublishedLatency['percentiles'],
): Omit<PublishedLatency, 'resolutionUs'> {
  return { min, mean, max, percentiles: percentiles.toSorted((a, b) => a[0] - b[0]) };
}
