import { US_PER_MS, US_PER_S } from '../../base/units.ts';
import type { Report, Reporter } from '../../model/ports.ts';
import type { CellSummary, MetricSummary } from '../../model/summary.ts';
import type { Trial } from '../../model/trial.ts';
import { plainText } from '../escape.ts';
import { isQuantity } from '../figures.ts';
import { publishedTrials } from '../published-trials.ts';

/**
 * The histograms of response time of every published trial in the HdrHistogram log format 1.3, a tag a cell. Values are integer
 * µs; the interval's largest value stands in ms, as readers of this format expect of its third column.
 */
export function renderHlog(report: Report): string {
  const { session } = report;
  const startMs = Date.parse(session.startedAt);
  const lines = report.summary.cells.flatMap((cell) => cellLines(cell, session.trials, startMs));
  const comments = [
    `[Logged by httpdyno ${plainText(session.harnessVersion)}, session ${plainText(session.id)}: response time in microseconds]`,
    '[Histogram log format version 1.3]',
    `[StartTime: ${seconds(startMs)} (seconds since epoch), ${plainText(session.startedAt)}]`,
  ].map((comment) => `#${comment}\n`);
  const legend = '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"\n';
  return [...comments, legend, ...lines].join('');
}

function cellLines(cell: CellSummary, trials: readonly Trial[], startMs: number): string[] {
  // A record of an older version may lack it.
  const maxima: MetricSummary | undefined = cell.metrics.latencyMaxUs;
  const tag = `${cell.targetId}.${cell.scenarioId}`.replace(/[^\w.-]/g, '_');
  return publishedTrials(cell, trials).map((trial, position) => {
    const { window, histograms } = trial.load;
    const known = maxima?.kind === 'value' ? (maxima.values[position] ?? 0) : 0;
    const maxUs = isQuantity(known) ? known : 0;
    const start = seconds(Date.parse(trial.startedAt) - startMs);
    const length = ((window.endUs - window.startUs) / US_PER_S).toFixed(3);
    return `Tag=${tag},${start},${length},${(maxUs / US_PER_MS).toFixed(3)},${histograms.responseTime}\n`;
  });
}

function seconds(ms: number): string {
  return (Number.isFinite(ms) ? ms / 1_000 : 0).toFixed(3);
}

export const hlogReporter: Reporter = { id: 'hlog', fileName: 'latency.hlog', render: renderHlog };
