import CliTable from 'cli-table3';
import type { HistoryRow } from '../../model/gate-history.ts';
import { METRICS } from '../../model/metric.ts';
import { plainText } from '../escape.ts';
import { formatMetric } from '../figures.ts';
import { signedPercent } from './words.ts';

const BARS = Array.from('▁▂▃▄▅▆▇█');

/** The trend of every cell as a table with a line of bars, and below it where a level seems to have changed. */
export function renderHistory(rows: readonly HistoryRow[]): string {
  if (rows.length === 0)
    return 'no baseline yet: `httpdyno gate --head <target> --init-baseline` begins one\n';
  const table = new CliTable({
    head: ['target', 'scenario', 'metric', 'runs', 'worse →', 'last', 'since first', 'since pinned'],
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) {
    const last = row.values.at(-1);
    table.push([
      plainText(row.targetId),
      plainText(row.scenarioId),
      METRICS[row.metric].title,
      row.values.length,
      bars(row.slowdowns),
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
    'changes are held against the reference server of the same run; + is worse',
    '',
  ].join('\n');
}

/** A line of bars from the smallest to the largest value; what cannot be drawn is a gap. */
export function bars(values: readonly number[]): string {
  const finite = values.filter(Number.isFinite);
  const low = Math.min(...finite);
  const span = Math.max(...finite) - low;
  return values
    .map((value) => {
      if (!Number.isFinite(value)) return ' ';
      return BARS[span === 0 ? 0 : Math.round(((value - low) / span) * (BARS.length - 1))] ?? ' ';
    })
    .join('');
}

function percent(share: number | null): string {
  return share === null || !Number.isFinite(share) ? 'n/a' : signedPercent(share);
}
