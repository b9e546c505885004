import type { ClaimsReport, JudgedMetric } from '../../model/claims-report.ts';
import { plainText } from '../escape.ts';
import { wrapped } from '../terminal.ts';
import { factorText, hereText } from './factors.ts';
import {
  CAUTIONS,
  countsText,
  impossibleText,
  measuredText,
  metricLabel,
  rankText,
  refutations,
  sourceText,
  symbolOf,
  SYMBOLS,
  totalOf,
  triangleOf,
} from './words.ts';

const MIN_WIDTH = 40;
/** All but the correlation, which has most to read. */
const NARROW_COLUMNS = 6;
/** More contradictions of one metric are for the Markdown report. */
const MAX_LISTED = 20;

/** Published comparisons held against a session, for a terminal: the counts, what cannot be, and the first metric of each table. */
export function renderClaimsTerminal(reports: readonly ClaimsReport[], columns: number): string {
  const width = Math.max(columns, MIN_WIDTH);
  return reports.map((report) => reportText(report, width)).join('\n');
}

function reportText(report: ClaimsReport, width: number): string {
  const line = (text: string): string => wrapped(plainText(text), width);
  const cannot = refutations(report).map(({ example: { name, message }, others }) => {
    const also = others.length === 0 ? '' : ` (likewise ${others.length} more)`;
    return line(`! ${name}: ${message}${also}`);
  });
  const head = [
    sourceText(report),
    `held against ${measuredText(report)}`,
    `${countsText(totalOf(report))}; ${impossibleText(report)}`,
  ];
  return `${[
    head.map(line).join('\n'),
    overview(report, width),
    ...(cannot.length === 0 ? [] : [`Figures that cannot be:\n${cannot.join('\n')}`]),
    ...report.tables.flatMap(({ title, metrics }) =>
      metrics.slice(0, 1).map((one) => metricText(title, one, width)),
    ),
    [SYMBOLS, ...report.notes, ...CAUTIONS].map(line).join('\n'),
  ].join('\n\n')}\n`;
}

/** The counts of every metric, with as much as fits. */
function overview({ tables }: ClaimsReport, width: number): string {
  const rows = tables.flatMap(({ title, measured, metrics }): string[][] =>
    measured.kind === 'no'
      ? [[title, measured.why]]
      : metrics.map(({ metric, counts, claims, rank }) => [
          title,
          metricLabel(metric),
          `${counts.reproduced} of ${claims.length}`,
          String(counts.contradicted),
          String(counts.undecided),
          String(counts.firm),
          rankText(rank),
        ]),
  );
  const all = [
    ['table', 'metric', 'reproduced', 'contradicted', 'undecided', 'firm', 'rank correlation'],
    ...rows,
  ];
  const lines = columnsOf(all);
  return (widest(lines) <= width ? lines : columnsOf(all.map((row) => row.slice(0, NARROW_COLUMNS)))).join(
    '\n',
  );
}

/** Text in columns two apart; a row that has fewer cells than its head may run on. */
function columnsOf(rows: readonly (readonly string[])[]): string[] {
  const plain = rows.map((row) => row.map(plainText));
  const full = plain.filter((row) => row.length === plain[0]?.length);
  const widths = (plain[0] ?? []).map((_, i) => widest(full.map((row) => row[i] ?? '')));
  return plain.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function widest(lines: readonly string[]): number {
  return Math.max(0, ...lines.map((line) => Array.from(line).length));
}

/** Who is ahead of whom, then each contradiction. */
function metricText(title: string, judged: JudgedMetric, width: number): string {
  const triangle = placeTable(judged);
  const contradicted = judged.claims.filter(({ verdict }) => verdict.kind === 'contradicted');
  const listed = contradicted.slice(0, MAX_LISTED).map((claim) => {
    const { ahead, behind, published, here } = claim;
    const text = `${symbolOf(claim)} ${ahead} ahead of ${behind}: ${factorText(published)} published, ${hereText(here)} here`;
    return wrapped(plainText(text), width);
  });
  const more = contradicted.length - listed.length;
  return [
    `${plainText(title)}, ${metricLabel(judged.metric)}`,
    ...(widest(triangle) <= width ? triangle : []),
    ...listed,
    ...(more > 0 ? [`  and ${more} more`] : []),
  ].join('\n');
}

/** The target of a row ahead of those whose places head the columns. */
function placeTable(metric: JudgedMetric): string[] {
  const names = Math.max('ahead of'.length, widest(metric.order));
  const digits = String(metric.order.length).length;
  const cell = (text: string): string => text.padStart(digits + 1);
  const places = metric.order.map((_, i) => cell(String(i + 1)));
  const rows = triangleOf(metric).map((symbols, i) => {
    const name = plainText(metric.order[i] ?? '').padEnd(names);
    return `${places[i]} ${name} ${symbols.map(cell).join('')}`.trimEnd();
  });
  return [`${cell('')} ${'ahead of'.padEnd(names)} ${places.slice(1).join('')}`, ...rows];
}
