import type { PageCell, PageData } from '../page-data.ts';
import { choice, element } from './dom.ts';
import { dataOfPage } from './island.ts';
import { makeSortable } from './sortable.ts';

/** Two sessions side by side: the second came with the page, or is read from a report file that the reader picks. */
export function comparison(data: PageData): HTMLElement {
  const result = element('div', { 'aria-live': 'polite' });
  const picker = element('input', { type: 'file', accept: '.html' });
  picker.addEventListener('change', () => {
    const file = picker.files?.[0];
    if (file !== undefined) void compareWith(file, data, result);
  });
  if (data.other !== null) result.replaceChildren(sideBySide(data, data.other));
  const label = element('label', {}, 'Another report.html, read here and sent nowhere: ', picker);
  return element('div', {}, element('div', { class: 'controls' }, label), result);
}

async function compareWith(file: File, data: PageData, result: HTMLElement): Promise<void> {
  const other = dataOfPage(await file.text());
  result.replaceChildren(other === null ? refusal() : sideBySide(data, other));
}

function refusal(): HTMLElement {
  return element('p', {}, 'This file holds no report that this page can read.');
}

function sideBySide(data: PageData, other: PageData): HTMLElement {
  const body = element('tbody');
  const fill = (metric: string): void => {
    body.replaceChildren(...rowsOf(data, other, metric));
  };
  const metrics = data.metrics.map(({ id, title }) => ({ value: id, text: title }));
  const heads = ['Target', 'Scenario', data.session.id, other.session.id, `Change from ${other.session.id}`];
  const table = element(
    'table',
    {},
    element('thead', {}, element('tr', {}, ...heads.map((head) => element('th', { scope: 'col' }, head)))),
    body,
  );
  makeSortable(table);
  fill(metrics[0]?.value ?? '');
  return element(
    'div',
    {},
    element('p', {}, caveat(data, other)),
    element('div', { class: 'controls' }, choice('Metric', metrics, fill)),
    element(
      'div',
      { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Comparison of two sessions' },
      table,
    ),
  );
}

/** What such a table can say: two sessions at two times are no experiment. */
function caveat(data: PageData, other: PageData): string {
  const machines =
    data.session.fingerprint === other.session.fingerprint
      ? ''
      : 'The two sessions come from different machines. ';
  return `${machines}A change between sessions describes, it does not prove: what else changed in between is not known. For a verdict run both together.`;
}

function rowsOf(data: PageData, other: PageData, metric: string): HTMLTableRowElement[] {
  const key = ({ target, scenario }: PageCell): string => `${target}\n${scenario}`;
  const [own, foreign] = [data, other].map(({ cells }) => new Map(cells.map((cell) => [key(cell), cell])));
  const keys = [...new Set([...(own?.keys() ?? []), ...(foreign?.keys() ?? [])])];
  return keys.flatMap((one) => {
    const [here, there] = [own?.get(one), foreign?.get(one)];
    const cell = here ?? there;
    if (cell === undefined) return [];
    const [a, b] = [figureOf(here, metric), figureOf(there, metric)];
    const change = a.value === null || b.value === null || b.value === 0 ? null : a.value / b.value - 1;
    return [
      element(
        'tr',
        {},
        element('th', { scope: 'row' }, cell.target),
        element('td', {}, cell.scenario),
        element('td', { 'data-value': a.value ?? '' }, a.text),
        element('td', { 'data-value': b.value ?? '' }, b.text),
        element('td', { 'data-value': change ?? '' }, change === null ? '–' : percent(change)),
      ),
    ];
  });
}

function figureOf(cell: PageCell | undefined, metric: string): { text: string; value: number | null } {
  if (cell === undefined) return { text: 'not measured', value: null };
  const figure = Object.entries(cell.figures).find(([id]) => id === metric)?.[1];
  if (figure === undefined) return { text: cell.status === 'valid' ? 'n/a' : cell.status, value: null };
  // A bound compares with nothing.
  return {
    text: figure.text,
    value: cell.status === 'valid' && Number.isFinite(figure.estimate) ? figure.estimate : null,
  };
}

function percent(change: number): string {
  return `${change > 0 ? '+' : ''}${(change * 100).toFixed(1)} %`;
}
