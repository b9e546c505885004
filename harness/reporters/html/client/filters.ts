import { choice, element } from './dom.ts';

/** A search field, and with verdicts a choice of them, above the rows of a table; says how many rows are left. */
export function filtersFor(table: HTMLTableElement, label: string): HTMLElement {
  const rows = [...(table.tBodies[0]?.rows ?? [])];
  const verdicts = [...new Set(rows.flatMap((row) => row.dataset['verdict'] ?? []))].toSorted();
  const wanted = { text: '', verdict: '' };
  const status = element('output', { 'aria-live': 'polite' });
  const apply = (): void => {
    const words = wanted.text.toLowerCase().split(/\s+/);
    let shown = 0;
    for (const row of rows) {
      const text = row.dataset['filter'] ?? '';
      const fits = words.every((word) => text.includes(word));
      row.hidden = !fits || (wanted.verdict !== '' && row.dataset['verdict'] !== wanted.verdict);
      if (!row.hidden) shown++;
    }
    status.textContent = `${shown} of ${rows.length} rows`;
  };
  const search = element('input', { type: 'search', placeholder: 'name, verdict or reason' });
  search.addEventListener('input', () => {
    wanted.text = search.value;
    apply();
  });
  const controls = element('div', { class: 'controls' }, element('label', {}, `${label} `, search));
  if (verdicts.length > 0) controls.append(verdictChoice(verdicts, wanted, apply));
  controls.append(status);
  apply();
  return controls;
}

function verdictChoice(
  verdicts: readonly string[],
  wanted: { verdict: string },
  apply: () => void,
): HTMLElement {
  const options = [
    { value: '', text: 'all' },
    ...verdicts.map((verdict) => ({ value: verdict, text: verdict })),
  ];
  return choice('Verdict', options, (value) => {
    wanted.verdict = value;
    apply();
  });
}
