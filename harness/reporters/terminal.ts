import { styleText } from 'node:util';
import CliTable from 'cli-table3';
import { METRICS, type MetricId } from '../model/metric.ts';
import type { Report } from '../model/ports.ts';
import { headlineOf } from './headline.ts';
import { plainText, shortText } from './escape.ts';
import { marksText, superscript } from './figures.ts';
import { loadOf } from './method.ts';
import {
  type Figure,
  type Note,
  placeText,
  type Row,
  type ScenarioTable,
  scenarioTables,
} from './scenario-table.ts';

export interface TerminalOptions {
  /** Columns of the terminal; no line is longer unless even the narrowest table does not fit. */
  width: number;
  colour: boolean;
}

type Style = Parameters<typeof styleText>[0];
type Paint = (style: Style, text: string) => string;

interface Column {
  head: string;
  metric: MetricId;
}

/** What a table shows and how fully, from the fullest layout to the narrowest. */
interface Layout {
  columns: readonly Column[];
  spread: 'all' | 'first' | 'none';
  nameLength: number;
}

const REQUEST_COLUMNS: readonly Column[] = [
  { head: 'req/s', metric: 'throughputRps' },
  { head: 'p99', metric: 'latencyP99Us' },
  { head: 'CPU/req', metric: 'cpuUsPerRequest' },
  { head: 'memory', metric: 'memoryRssPeakBytes' },
  { head: 'CPU', metric: 'cpuPercent' },
  { head: 'mean', metric: 'latencyMeanUs' },
];

const TRANSFER_COLUMNS: readonly Column[] = [
  { head: 'req/s', metric: 'throughputRps' },
  { head: 'transfer', metric: 'bandwidthBytesPerSec' },
  { head: 'p99', metric: 'latencyP99Us' },
  { head: 'memory', metric: 'memoryRssPeakBytes' },
  { head: 'CPU', metric: 'cpuPercent' },
  { head: 'mean', metric: 'latencyMeanUs' },
];

const NAME_LENGTH = 24;
const MIN_WIDTH = 40;

/** The tables of a session as text for a terminal, one a scenario, each with what it claims and what weakens it. */
export function renderTerminal(report: Report, options: TerminalOptions): string {
  const width = Math.max(options.width, MIN_WIDTH);
  const paint: Paint = options.colour ? painted : unpainted;
  const metrics = [...REQUEST_COLUMNS, ...TRANSFER_COLUMNS].map((column) => column.metric);
  const tables = scenarioTables(report, metrics);
  const sections = tables.map((table) => renderScenario(report, table, width, paint));
  const warnings = report.summary.warnings.map((warning) =>
    paint('yellow', wrapped(`! ${plainText(warning)}`, width)),
  );
  return `${[...sections, ...warnings, legendOf(report, width)].join('\n')}\n`;
}

function renderScenario(report: Report, table: ScenarioTable, width: number, paint: Paint): string {
  const load = plainText(loadOf(report.session, table.scenario));
  const title = plainText(table.scenario.title);
  const heading = wrapped(`${title}  ${load}`, width).replace(title, () => paint('bold', title));
  const claim = wrapped(plainText(headlineOf(report, table.scenario)), width);
  const notes = table.notes.map((note) => wrapped(noteText(note), width));
  return [heading, claim, fittingTable(table, width, paint), ...notes, ''].join('\n');
}

const unpainted: Paint = (_, text) => text;

const painted: Paint = (style, text) => styleText(style, text, { validateStream: false });

/** The first layout that fits; the narrowest where none does. */
function fittingTable(table: ScenarioTable, width: number, paint: Paint): string {
  const all = table.kind === 'transfer' ? TRANSFER_COLUMNS : REQUEST_COLUMNS;
  const layouts: Layout[] = [];
  // A spread on every figure is worth one column, not more.
  for (const kept of [all.length, all.length - 1]) {
    layouts.push({ columns: all.slice(0, kept), spread: 'all', nameLength: NAME_LENGTH });
  }
  for (let kept = all.length; kept > 1; kept--) {
    layouts.push({ columns: all.slice(0, kept), spread: 'first', nameLength: NAME_LENGTH });
  }
  layouts.push({ columns: all.slice(0, 1), spread: 'none', nameLength: 12 });
  const chosen =
    layouts.find((layout) => widthOf(drawTable(table, layout, width, unpainted)) <= width) ?? layouts.at(-1);
  return chosen === undefined ? '' : drawTable(table, chosen, width, paint);
}

function widthOf(text: string): number {
  return Math.max(...text.split('\n').map((line) => Array.from(line).length));
}

/** Lines between head and body only: without vertical rules the figures have the width. */
const RULES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: ' ',
} as const;

function drawTable(table: ScenarioTable, layout: Layout, width: number, paint: Paint): string {
  const drawn = new CliTable({
    head: ['#', 'target', ...layout.columns.map(({ head }) => head)].map((head) => paint('dim', head)),
    colAligns: ['right', 'left', ...layout.columns.map(() => 'right' as const)],
    chars: RULES,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 1 },
  });
  const refusals = new Set<Row>();
  for (const row of table.rows) {
    if (row.refusal === null) drawn.push(figureRow(row, layout, paint));
    else refusals.add(row);
  }
  const lines =
    drawn.length === 0
      ? []
      : drawn
          .toString()
          .split('\n')
          .map((line) => line.trimEnd());
  const indent = Math.max(0, ...table.rows.map(({ place }) => placeText(place).length - 1));
  for (const row of refusals) {
    lines.push(paint('red', `${' '.repeat(indent)}${shortText(refusalText(row, layout), width - indent)}`));
  }
  return lines.join('\n');
}

function figureRow(row: Row, layout: Layout, paint: Paint): string[] {
  const name = `${shortText(row.targetId, layout.nameLength)}${marksText(row.marks)}`;
  const figures = layout.columns.map(({ metric }, index) =>
    figureText(
      row.figures.get(metric),
      layout.spread === 'all' || (layout.spread === 'first' && index === 0),
    ),
  );
  return [placeText(row.place), paint(styleOf(row), name), ...figures];
}

function styleOf(row: Row): Style {
  if (row.status === 'limited') return 'yellow';
  return row.place?.from === 1 ? 'green' : [];
}

function figureText(figure: Figure | undefined, withSpread: boolean): string {
  if (figure === undefined) return '';
  const spread = withSpread && figure.spread !== null ? ` ${figure.spread}` : '';
  return `${figure.text}${spread}${marksText(figure.marks)}`;
}

function refusalText(row: Row, layout: Layout): string {
  const marks = marksText(row.marks);
  return `– ${shortText(row.targetId, layout.nameLength)}${marks}  ${row.status}: ${row.refusal ?? ''}`;
}

/** What was seen at the first target, and at how many more it was seen; the Markdown report has every detail. */
function noteText({ mark, title, sentence, seen }: Note): string {
  const [first, ...others] = seen.map(({ targetId, detail }) => ({
    name: shortText(targetId, NAME_LENGTH),
    detail: shortText(detail, 120),
  }));
  const shown = [first?.name ?? '', first?.detail ?? ''].filter((part) => part !== '').join(': ');
  // The marks in the table tell which.
  const also = new Set(others.map(({ name }) => name).filter((name) => name !== '' && name !== first?.name));
  const more = also.size === 0 ? '' : `; ${also.size} more`;
  return `${superscript(mark)} ${title}: ${sentence} (${shown}${more})`;
}

function legendOf(report: Report, width: number): string {
  const spread = '±: half the range over rounds, relative to the figure.';
  const bound = '≥ ≤: a bound, the driver or the machine set it.';
  const rank =
    '#: the places by throughput that a target may hold; targets that cannot be told apart share one.';
  const limited = report.summary.cells.some((cell) => cell.status === 'limited');
  const cpu = `CPU/req: ${METRICS.cpuUsPerRequest.meaning}.`;
  return wrapped([rank, spread, ...(limited ? [bound] : []), cpu].join(' '), width);
}

/** Text broken at spaces into lines no longer than `width`, continuation lines indented by two. */
export function wrapped(text: string, width: number): string {
  const lines: string[] = [];
  let line = '';
  // A figure stays with its percent sign.
  for (const word of text.split(/ (?!%)/)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (Array.from(longer).length <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = `  ${shortText(word, width - 2)}`;
  }
  return [...lines, line].join('\n');
}
