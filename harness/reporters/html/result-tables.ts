import { METRICS, type MetricId } from '../../model/metric.ts';
import type { Report } from '../../model/ports.ts';
import type { CellSummary } from '../../model/summary.ts';
import { htmlText } from '../escape.ts';
import { estimateOf, marksText, superscript } from '../figures.ts';
import { loadOf } from '../method.ts';
import {
  type Note,
  placeText,
  type Row,
  seenAlike,
  type ScenarioTable,
  scenarioTables,
} from '../scenario-table.ts';

/** What most come for stands first: a window of usual width shows no more than ten. */
const COLUMNS: readonly MetricId[] = [
  'throughputRps',
  'bandwidthBytesPerSec',
  'latencyP50Us',
  'latencyP99Us',
  'latencyP999Us',
  'cpuUsPerRequest',
  'cpuPercent',
  'memoryRssPeakBytes',
  'reliabilityShare',
  'latencyMeanUs',
  'latencyP90Us',
  'latencyMaxUs',
  'latencyJitterUs',
];

/** A table a scenario with every metric, complete without any script. */
export function resultSections(report: Report): string {
  return scenarioTables(report, COLUMNS)
    .map((table, index) => scenarioSection(report, table, `scenario-${index}`))
    .join('\n');
}

function scenarioSection(report: Report, table: ScenarioTable, id: string): string {
  const cells = new Map(
    report.summary.cells
      .filter(({ scenarioId }) => scenarioId === table.scenario.id)
      .map((cell) => [cell.targetId, cell]),
  );
  const heads = COLUMNS.map((metric) => headCell(METRICS[metric].title, METRICS[metric].meaning));
  const rows = table.rows.map((row) => tableRow(row, cells.get(row.targetId)));
  return `<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${htmlText(table.scenario.title)}</h2>
<p>${htmlText(loadOf(report.session, table.scenario))}. ± is half the range over rounds, relative to the figure; ≥ and ≤ are bounds.</p>
<div class="scroll" tabindex="0" role="region" aria-labelledby="${id}-title">
<table data-sortable><thead><tr>${headCell('#', 'the places by throughput that the target may hold; targets that cannot be told apart share one')}${headCell('Target', '')}${heads.join('')}</tr></thead>
<tbody>${rows.join('\n')}</tbody></table></div>
${noteList(table.notes)}</section>`;
}

function headCell(title: string, meaning: string): string {
  const hint = meaning === '' ? '' : ` title="${htmlText(meaning)}"`;
  return `<th scope="col"${hint}>${htmlText(title)}</th>`;
}

function tableRow(row: Row, cell: CellSummary | undefined): string {
  const marks = marksText(row.marks);
  const name = row.name === row.targetId ? '' : ` title="${htmlText(row.name)}"`;
  const head = `<td data-value="${row.place?.from ?? ''}">${placeText(row.place)}</td><th scope="row"${name}>${htmlText(row.targetId)}${marks}</th>`;
  const filter = `data-filter="${htmlText(`${row.targetId} ${row.name} ${row.status}`.toLowerCase())}"`;
  if (row.refusal !== null) {
    const why = `<td class="refusal" colspan="${COLUMNS.length}"><strong>${row.status}</strong>: ${htmlText(row.refusal)}</td>`;
    return `<tr class="none" ${filter}>${head}${why}</tr>`;
  }
  const figures = COLUMNS.map((metric) => {
    const figure = row.figures.get(metric);
    const spread = figure?.spread == null ? '' : ` <small>${figure.spread}</small>`;
    const text = `${figure?.text ?? ''}${marksText(figure?.marks ?? [])}`;
    return `<td data-value="${estimateOf(cell?.metrics[metric]) ?? ''}">${htmlText(text)}${spread}</td>`;
  });
  return `<tr class="${row.status}" ${filter}>${head}${figures.join('')}</tr>`;
}

function noteList(notes: readonly Note[]): string {
  if (notes.length === 0) return '';
  const items = notes.map(({ mark, title, sentence, seen }) => {
    const where = seenAlike(seen).map(({ targetIds, detail }) =>
      htmlText(`${targetIds.join(', ')}${detail === '' ? '' : `: ${detail}`}`),
    );
    return `<li>${superscript(mark)} <code>${htmlText(title)}</code>: ${htmlText(sentence)} (${where.join('; ')})</li>`;
  });
  return `<ul class="notes">${items.join('')}</ul>`;
}
