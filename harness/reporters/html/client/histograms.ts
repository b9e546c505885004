import type { PageData, PageTrial } from '../page-data.ts';
import { button, download, element } from './dom.ts';

/** A button in the row of each trial that saves its histogram, and one that saves all of them in one log. */
export function offerHistograms(data: PageData, table: HTMLTableElement): HTMLElement {
  const byIndex = new Map(data.trials.map((trial) => [String(trial.index), trial]));
  for (const cell of table.querySelectorAll<HTMLTableCellElement>('td[data-histogram]')) {
    const trial = byIndex.get(cell.dataset['histogram'] ?? '');
    if (trial?.histogram == null) continue;
    const name = `${trial.target}.${trial.scenario}.${trial.round + 1}`.replace(/[^\w.-]/g, '_');
    const save = button('.hlog', () => download(`${name}.hlog`, hlogText(data, [trial])));
    save.setAttribute('aria-label', `Save .hlog of trial ${trial.index + 1}`);
    cell.replaceChildren(save);
  }
  const valid = data.trials.filter((trial) => trial.verdict === 'valid' && trial.histogram !== null);
  const all = button('Save the histograms of all valid trials', () => {
    download(`${data.session.id.replace(/[^\w.-]/g, '_')}.hlog`, hlogText(data, valid));
  });
  const left = data.histogramsLeftOut;
  const note =
    left === 0 ? '' : `${left} histograms are not in this page, to keep it small: session.json has them all.`;
  return element('div', { class: 'controls' }, all, note);
}

/** HdrHistogram log format 1.3; values are µs. The largest value of each line stands as 0: readers take it from the histogram. */
function hlogText(data: PageData, trials: readonly PageTrial[]): string {
  const start = Date.parse(data.session.startedAt);
  const lines = trials.map(({ target, scenario, startedAt, windowMs, histogram }) => {
    const tag = `${target}.${scenario}`.replace(/[^\w.-]/g, '_');
    const seconds = (Date.parse(startedAt) - start) / 1_000;
    return `Tag=${tag},${seconds.toFixed(3)},${(windowMs / 1_000).toFixed(3)},0.000,${histogram ?? ''}\n`;
  });
  return [
    '#[Histogram log format version 1.3]\n',
    `#[StartTime: ${(start / 1_000).toFixed(3)} (seconds since epoch)]\n`,
    '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"\n',
    ...lines,
  ].join('');
}
