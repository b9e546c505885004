import type { MetricId } from '../../model/metric.ts';
import { markdownCode, markdownText } from '../escape.ts';
import { marksText, superscript } from '../figures.ts';
import {
  type Figure,
  type Note,
  placeText,
  type Row,
  type ScenarioTable,
  seenAlike,
} from '../scenario-table.ts';

export interface Column {
  head: string;
  metric: MetricId;
}

export const REQUEST_COLUMNS: readonly Column[] = [
  { head: 'Throughput (req/s)', metric: 'throughputRps' },
  { head: 'Mean latency', metric: 'latencyMeanUs' },
  { head: 'p99 latency', metric: 'latencyP99Us' },
  { head: 'CPU', metric: 'cpuPercent' },
  { head: 'CPU per request', metric: 'cpuUsPerRequest' },
  { head: 'Memory (peak)', metric: 'memoryRssPeakBytes' },
];

export const TRANSFER_COLUMNS: readonly Column[] = [
  { head: 'Throughput (req/s)', metric: 'throughputRps' },
  { head: 'Transfer rate', metric: 'bandwidthBytesPerSec' },
  { head: 'CPU', metric: 'cpuPercent' },
  { head: 'Memory (peak)', metric: 'memoryRssPeakBytes' },
];

export const LATENCY_COLUMNS: readonly Column[] = [
  { head: 'Mean', metric: 'latencyMeanUs' },
  { head: 'p50', metric: 'latencyP50Us' },
  { head: 'p90', metric: 'latencyP90Us' },
  { head: 'p99', metric: 'latencyP99Us' },
  { head: 'p99.9', metric: 'latencyP999Us' },
  { head: 'Max', metric: 'latencyMaxUs' },
  { head: 'Jitter', metric: 'latencyJitterUs' },
  { head: 'Reliability', metric: 'reliabilityShare' },
];

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** A pipe table; cells are Markdown already. */
export function pipeTable(
  heads: readonly string[],
  right: readonly boolean[],
  rows: readonly string[][],
): string {
  const rule = heads.map((_, index) => (right[index] === true ? '---:' : ':---'));
  return [line(heads), line(rule), ...rows.map(line)].join('\n');
}

/** The rows of one scenario with the given figures; a row without figures says why in its first column of figures. */
export function figureTable(table: ScenarioTable, columns: readonly Column[]): string {
  const heads = ['#', 'Target', ...columns.map(({ head }) => head)];
  const right = [true, false, ...columns.map(() => true)];
  return pipeTable(
    heads,
    right,
    table.rows.map((row) => rowCells(row, columns)),
  );
}

function rowCells(row: Row, columns: readonly Column[]): string[] {
  const name = `${markdownText(row.targetId)}${marksText(row.marks)}`;
  if (row.refusal !== null) {
    return ['–', name, `*${row.status}*: ${markdownText(row.refusal)}`, ...columns.slice(1).map(() => '–')];
  }
  return [placeText(row.place), name, ...columns.map(({ metric }) => figureCell(row.figures.get(metric)))];
}

function figureCell(figure: Figure | undefined): string {
  if (figure === undefined) return '–';
  const spread = figure.spread === null ? '' : ` ${figure.spread}`;
  return `${figure.text}${spread}${marksText(figure.marks)}`;
}

/** The notes beneath a table, one line each, as a list so that they stay apart. */
export function noteList(notes: readonly Note[]): string {
  return notes
    .map(({ mark, title, sentence, seen }) => {
      const where = seenAlike(seen).map(({ targetIds, detail }) => {
        const targets = targetIds.map(markdownText).join(', ');
        return detail === '' ? targets : `${targets}: ${markdownText(detail)}`;
      });
      return `- ${superscript(mark)} ${markdownCode(title)}: ${sentence} (${where.join('; ')})`;
    })
    .join('\n');
}

/** The notes without what was seen at each target: the marks in the table tell which, the full report tells what. */
export function shortNoteList(notes: readonly Note[]): string {
  return notes
    .map(({ mark, title, sentence }) => `- ${superscript(mark)} ${markdownCode(title)}: ${sentence}`)
    .join('\n');
}
