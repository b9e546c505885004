import type { GateRecord } from '../../model/gate-record.ts';
import type { GateReport, JudgedCell } from '../../model/gate-report.ts';
import { METRICS } from '../../model/metric.ts';
import { markdownCode, markdownText, plainText } from '../escape.ts';
import { repeatCommand, sentinelLine } from './gate-text.ts';
import { armValues, cellName, changeText, headlineOf, isGreen, sentenceOf, valueText } from './words.ts';

/** Marks our comment among others, so that the next run replaces it. */
export const STICKY_MARKER = '<!-- httpdyno:gate -->';
/** GitHub shows at most this many annotations of one step, and this much of a summary. */
const MAX_ANNOTATIONS = 10;
const MAX_SUMMARY_BYTES = 1_048_576;

/** The summary of a gate run in GitHub's Markdown: verdict, what did not pass, then everything, foldable. */
export function renderGateMarkdown(record: GateRecord): string {
  const { report, environment } = record;
  if (report === null) return `${STICKY_MARKER}\nNothing was concluded.\n`;
  const open = report.cells.filter((cell) => !isGreen(cell));
  const machine = `${environment.cpuModel}, ${environment.logicalCpus} CPUs, ${environment.os}, kernel ${environment.kernel}, Node.js ${environment.node}`;
  const sections = [
    STICKY_MARKER,
    `## ${markdownText(headlineOf(report, record.settings))}`,
    pairsLine(record),
    open.length === 0 ? '' : tableOf(open),
    open.map((cell) => `- ${markdownText(cellName(cell))}: ${markdownText(sentenceOf(cell))}.`).join('\n'),
    record.warnings.map((warning) => `> ${markdownText(warning)}`).join('\n'),
    `<details><summary>All ${report.cells.length} cells</summary>\n\n${tableOf(report.cells)}\n\n</details>`,
    `<details><summary>How this was measured</summary>\n\n${markdownText(`${record.mode}, ${record.launches.length} launches, seed ${record.settings.seed}; ${machine}`)}\n\n${markdownText(sentinelLine(record))}\n\n${markdownCode(repeatCommand(record))}\n\n</details>`,
  ];
  return limited(`${sections.filter((section) => section !== '').join('\n\n')}\n`);
}

function pairsLine({ pairs }: GateRecord): string {
  return pairs
    .map(
      ({ id, base, head }) =>
        `${markdownText(id)}: ${markdownCode(base.given)} → ${markdownCode(head.given)}`,
    )
    .join('  \n');
}

function tableOf(cells: readonly JudgedCell[]): string {
  const rows = cells.map((cell) => {
    const { base, head } = armValues(cell);
    const kind = cell.advisory ? `${cell.outcome.kind} (advisory)` : cell.outcome.kind;
    const columns = [
      cell.targetId,
      cell.scenarioId,
      METRICS[cell.metric].title,
      valueText(cell, base),
      valueText(cell, head),
      changeText(cell.outcome),
      kind,
    ];
    return `| ${columns.map(markdownText).join(' | ')} |`;
  });
  return [
    '| target | scenario | metric | base | head | worse by | verdict |',
    '|---|---|---|--:|--:|--:|---|',
    ...rows,
  ].join('\n');
}

function limited(text: string): string {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= MAX_SUMMARY_BYTES) return text;
  const note = '\n\n… cut: the whole record is in gate.json\n';
  return new TextDecoder().decode(bytes.slice(0, MAX_SUMMARY_BYTES - 100)).replace(/\uFFFD+$/, '') + note;
}

/** Workflow commands that mark what is red, invalid or suspected; never more than GitHub shows. */
export function renderAnnotations(report: GateReport): string[] {
  const level = (cell: JudgedCell): 'error' | 'warning' | null => {
    if (cell.advisory) return null;
    if (cell.outcome.kind === 'regression' || cell.outcome.kind === 'invalid') return 'error';
    return cell.outcome.kind === 'suspected' || cell.outcome.kind === 'inconclusive' ? 'warning' : null;
  };
  const ranked = ['error', 'warning'].flatMap((wanted) =>
    report.cells.filter((cell) => level(cell) === wanted),
  );
  return ranked.slice(0, MAX_ANNOTATIONS).map((cell) => {
    const title = `${cell.outcome.kind}: ${cellName(cell)}`;
    return `::${level(cell) ?? 'notice'} title=${property(title)}::${message(sentenceOf(cell))}`;
  });
}

function message(text: string): string {
  return plainText(text).replaceAll('%', '%25');
}

function property(text: string): string {
  return message(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** Lines for `$GITHUB_OUTPUT`. */
export function renderOutputs({ verdict, cells }: GateReport): string {
  const count = (kind: string): number =>
    cells.filter(({ outcome, advisory }) => !advisory && outcome.kind === kind).length;
  return `verdict=${verdict}\nregressions=${count('regression')}\ninconclusive=${count('inconclusive')}\n`;
}
