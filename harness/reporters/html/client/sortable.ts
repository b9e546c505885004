import { button } from './dom.ts';
import { compareKeys, type Key } from './sort-keys.ts';

/** Makes the heads of a table buttons that sort its rows; a cell sorts by its `data-value`, else by its text. */
export function makeSortable(table: HTMLTableElement): void {
  const heads = [...table.querySelectorAll<HTMLTableCellElement>('thead th')];
  for (const [column, head] of heads.entries()) {
    const label = head.textContent ?? '';
    head.replaceChildren(button(label, () => sortBy(table, heads, column)));
  }
}

function sortBy(table: HTMLTableElement, heads: readonly HTMLTableCellElement[], column: number): void {
  const body = table.tBodies[0];
  const head = heads[column];
  if (body === undefined || head === undefined) return;
  const direction = head.getAttribute('aria-sort') === 'ascending' ? 'descending' : 'ascending';
  for (const other of heads) other.removeAttribute('aria-sort');
  head.setAttribute('aria-sort', direction);
  const sign = direction === 'ascending' ? 1 : -1;
  const rows = [...body.rows].map((row) => ({ row, key: keyOf(row.cells[column]) }));
  rows.sort((a, b) => compareKeys(a.key, b.key, sign));
  body.append(...rows.map(({ row }) => row));
}

/** Null for a cell without a value: a span over the columns of a row that has no figures, or an absent figure. */
function keyOf(cell: HTMLTableCellElement | undefined): Key {
  if (cell === undefined || cell.colSpan > 1) return null;
  const value = cell.dataset['value'];
  if (value === undefined) return cell.textContent ?? '';
  return value === '' ? null : Number(value);
}
