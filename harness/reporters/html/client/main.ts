import { comparison } from './comparison.ts';
import { filtersFor } from './filters.ts';
import { offerHistograms } from './histograms.ts';
import { parseData } from './island.ts';
import { percentilePlot } from './percentile-plot.ts';
import { makeSortable } from './sortable.ts';
import { timePlot } from './time-plot.ts';

const data = parseData(document.querySelector('#httpdyno-data')?.textContent ?? '');
if (data === null) throw new Error('the page holds no data');

for (const table of document.querySelectorAll<HTMLTableElement>('table[data-sortable]')) {
  if (!table.hasAttribute('data-trials')) table.parentElement?.before(filtersFor(table, 'Filter targets'));
  makeSortable(table);
}

const trials = document.querySelector<HTMLTableElement>('table[data-trials]');
if (trials !== null) {
  const place = document.querySelector('[data-trial-filters]');
  place?.append(filtersFor(trials, 'Filter trials'), offerHistograms(data, trials));
}

document.querySelector('[data-plot="percentiles"]')?.append(percentilePlot(data));
document.querySelector('[data-plot="time"]')?.append(timePlot(data));
document.querySelector('[data-comparison]')?.append(comparison(data));
