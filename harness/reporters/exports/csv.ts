import { METRIC_IDS, METRICS, type MetricId } from '../../model/metric.ts';
import type { Report, Reporter } from '../../model/ports.ts';
import type { CellSummary, MetricSummary } from '../../model/summary.ts';
import { plainText } from '../escape.ts';
import { spreadOf } from '../figures.ts';
import { isPublished } from '../published-trials.ts';

const HEADS = [
  'session',
  'target',
  'scenario',
  'status',
  'trials_valid',
  'trials_total',
  'reasons',
  'metric',
  'unit',
  'better',
  'estimate',
  'interval_low',
  'interval_high',
  'min',
  'max',
  'spread',
  'rounds',
  'missing',
] as const;

type Field = string | number | null;

/** One row a metric of a cell, in the long form that data tools read best; an absent figure is an empty field with its cause. */
export function renderCsv({ session, summary }: Report): string {
  const rows = summary.cells.flatMap((cell) => METRIC_IDS.map((metric) => rowOf(session.id, cell, metric)));
  return [HEADS, ...rows].map((row) => `${row.map(csvField).join(',')}\r\n`).join('');
}

function rowOf(sessionId: string, cell: CellSummary, metric: MetricId): Field[] {
  // A record of an older version may lack a metric that this one knows.
  const summary: MetricSummary | undefined = isPublished(cell)
    ? cell.metrics[metric]
    : withheld(cell, metric);
  const { unit, better } = METRICS[metric];
  const reasons = cell.reasons.map(({ code }) => code).join(' ');
  const head = [
    sessionId,
    cell.targetId,
    cell.scenarioId,
    cell.status,
    cell.trialsValid,
    cell.trialsTotal,
    reasons,
  ];
  if (summary?.kind !== 'value') {
    return [
      ...head,
      metric,
      unit,
      better,
      null,
      null,
      null,
      null,
      null,
      null,
      0,
      summary?.why ?? 'not in the record',
    ];
  }
  const { estimate, interval, min, max, values } = summary;
  const bounds = [interval?.low ?? null, interval?.high ?? null];
  return [
    ...head,
    metric,
    unit,
    better,
    estimate,
    ...bounds,
    min,
    max,
    spreadOf(summary),
    values.length,
    null,
  ];
}

function withheld(cell: CellSummary, metric: MetricId): MetricSummary {
  const summary = cell.metrics[metric];
  return summary.kind === 'none' ? summary : { kind: 'none', why: `the cell is ${cell.status}` };
}

/**
 * A field by RFC 4180. Spreadsheets take text that begins with = + - @ for a formula (OWASP, CSV injection): an apostrophe
 * before it makes it text. Numbers stay numbers, and what is no number stays empty.
 */
export function csvField(value: Field): string {
  if (value === null) return '';
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
  const text = plainText(value);
  const harmless = /^[=+\-@]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

export const csvReporter: Reporter = { id: 'csv', fileName: 'cells.csv', render: renderCsv };
