import CliTable from 'cli-table3';
import type { HistoryRow } from '../../model/gate-history.ts';
import { METRICS } from '../../model/metric.ts';
import { plainText, shortText } from '../escape.ts';
import { formatMetric } from '../figures.ts';
import { signedPercent } from './words.ts';

const WIDTH = 100;
const LONGEST_NAME = 24;
/** A series that moves by less than this is drawn flat: what the eye sees should be there. */
const MIN_SPAN = 0.1;
const BARS = Array.from('▁▂▃▄▅▆▇█');

/** The trend of every cell as a table with a line of bars, and below it where a level seems to have changed. */
export function renderHistory(rows: readonly HistoryRow[]): string {
  if (rows.length === 0)
    return 'no baseline yet: `httpdyno gate --head <target> --init-baseline` begins one\n';
  const longestName = nameLength(rows);
  const table = new CliTable({
    head: ['target', 'scenario', 'metric', 'runs, up is worse', 'last', 'first', 'pinned'],
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) {
    const last = row.values.at(-1);
    table.push([
      shortText(row.targetId, longestName),
      shortText(row.scenarioId, longestName),
      METRICS[row.metric].title,
      `${bars(row.slowdowns)} ${row.values.length}`,
      last === undefined ? 'n/a' : formatMetric(row.metric, last),
      percent(row.slowdowns.at(-1) ?? null),
      percent(row.sincePinned),
    ]);
  }
  const advice = rows.flatMap(({ targetId, scenarioId, metric, change }) => {
    if (change === null) return [];
    const commit = change.gitCommit === null ? '' : ` (${change.gitCommit.slice(0, 12)})`;
    const cell = `${targetId} ${scenarioId} ${METRICS[metric].title}`;
    return [
      plainText(
        `advice: ${cell} seems to have changed by ${signedPercent(change.slowdown)} with ${change.gateId}${commit}`,
      ),
    ];
  });
  return [
    table.toString(),
    ...advice,
    'last: the newest run; first, pinned: how much worse it is than those, beside the reference server of each run',
    '',
  ].join('\n');
}

/** What the two columns of names may take, so that the table keeps within its width; its other columns and frame need 63. */
function nameLength(rows: readonly HistoryRow[]): number {
  const runs = Math.max('runs, up is worse'.length, ...rows.map(({ values }) => values.length + 3));
  return Math.min(LONGEST_NAME, Math.floor((WIDTH - 63 - runs) / 2));
}

/** A line of bars from the smallest to the largest value; what cannot be drawn is a gap. */
export function bars(values: readonly number[]): string {
  const finite = values.filter(Number.isFinite);
  const low = Math.min(...finite);
  const span = Math.max(MIN_SPAN, Math.max(...finite) - low);
  return values
    .map((value) => {
      if (!Number.isFinite(value)) return ' ';
      return BARS[Math.round(((value - low) / span) * (BARS.length - 1))] ?? ' ';
    })
    .join('');
}

function percent(share: number | null): string {
  return share === null || !Number.isFinite(share) ? 'n/a' : signedPercent(share);
}
