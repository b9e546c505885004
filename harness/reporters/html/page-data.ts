import { METRIC_IDS, METRICS, type MetricId } from '../../model/metric.ts';
import type { Report } from '../../model/ports.ts';
import type { CellStatus, CellSummary } from '../../model/summary.ts';
import type { Trial } from '../../model/trial.ts';
import { latencyPointsOf } from '../charts/latency.ts';
import { type Look, looksOf } from '../charts/style.ts';
import { plainText } from '../escape.ts';
import { estimateOf } from '../figures.ts';
import { type Row, scenarioTables } from '../scenario-table.ts';

export const PAGE_FORMAT = 'httpdyno-report-1';

/** A figure as the page shows it, and as numbers for sorting and comparing. */
export interface PageFigure {
  text: string;
  estimate: number;
  low: number | null;
  high: number | null;
}

export interface PageCell {
  target: string;
  scenario: string;
  status: CellStatus;
  figures: Partial<Record<MetricId, PageFigure>>;
  /** Points [nines, µs] of the latency by percentile; see `latencyPointsOf`. */
  curve: [number, number][];
}

export interface PageTrial {
  index: number;
  round: number;
  target: string;
  scenario: string;
  verdict: Trial['verdict'];
  startedAt: string;
  windowMs: number;
  /** [seconds since the window began, responses a second, mean response time in µs]. */
  series: [number, number, number | null][];
  /** HdrHistogram V2 in base64; null where there is none, or where the page would grow too large. */
  histogram: string | null;
}

/** What the script of a page works on; as an island of JSON it is also what another report reads for a comparison. */
export interface PageData {
  format: typeof PAGE_FORMAT;
  session: { id: string; startedAt: string; fingerprint: string; version: string };
  scenarios: { id: string; title: string }[];
  targets: ({ id: string } & Pick<Look, 'colour' | 'dash'>)[];
  metrics: { id: MetricId; title: string; unit: string; better: string }[];
  cells: PageCell[];
  trials: PageTrial[];
  /** Trials whose histogram was left out to keep the page small. */
  histogramsLeftOut: number;
  /** A second session to stand beside this one. */
  other: PageData | null;
}

/** A page stays below 1.5 MB: this much of it may be histograms, and so many points of time series. */
const HISTOGRAM_BUDGET_BYTES = 600_000;
const SERIES_BUDGET_POINTS = 12_000;
const CURVE_POINTS = 120;

export function pageDataOf(report: Report, other: Report | null): PageData {
  const { session, summary } = report;
  const lookOf = looksOf(session);
  const rows = scenarioTables(report, METRIC_IDS).flatMap(({ scenario, rows: all }) =>
    all.map((row): [string, Row] => [`${row.targetId}\n${scenario.id}`, row]),
  );
  const rowOf = new Map(rows);
  const trials = pageTrials(session.trials);
  return {
    format: PAGE_FORMAT,
    session: {
      id: plainText(session.id),
      startedAt: plainText(session.startedAt),
      fingerprint: session.environment.fingerprint,
      version: session.harnessVersion,
    },
    scenarios: session.scenarios.map(({ id, title }) => ({ id: plainText(id), title: plainText(title) })),
    targets: session.targets.map(({ id }) => ({
      id: plainText(id),
      colour: lookOf(id).colour,
      dash: lookOf(id).dash,
    })),
    metrics: METRIC_IDS.map((id) => ({
      id,
      title: METRICS[id].title,
      unit: METRICS[id].unit,
      better: METRICS[id].better,
    })),
    cells: summary.cells.map((cell) => pageCell(cell, rowOf.get(`${cell.targetId}\n${cell.scenarioId}`))),
    trials: trials.kept,
    histogramsLeftOut: trials.leftOut,
    // A comparison needs figures only: the trials of the other session stay in its own page.
    other: other === null ? null : { ...pageDataOf(other, null), trials: [], histogramsLeftOut: 0 },
  };
}

function pageCell(cell: CellSummary, row: Row | undefined): PageCell {
  const figures: PageCell['figures'] = {};
  for (const [metric, figure] of row?.figures ?? []) {
    const summary = cell.metrics[metric];
    const estimate = estimateOf(summary);
    if (estimate === null || summary.kind === 'none') continue;
    const { low, high } = summary.interval ?? { low: null, high: null };
    figures[metric] = { text: [figure.text, figure.spread ?? ''].join(' ').trim(), estimate, low, high };
  }
  const published = row !== undefined && row.refusal === null;
  const curve = published ? latencyPointsOf(cell) : [];
  const points = thinned(curve, CURVE_POINTS).map(([nines, us]): [number, number] => [
    rounded(nines),
    Math.round(us),
  ]);
  return {
    target: plainText(cell.targetId),
    scenario: plainText(cell.scenarioId),
    status: cell.status,
    figures,
    curve: points,
  };
}

function pageTrials(trials: readonly Trial[]): { kept: PageTrial[]; leftOut: number } {
  const points = Math.max(8, Math.floor(SERIES_BUDGET_POINTS / Math.max(1, trials.length)));
  let budget = HISTOGRAM_BUDGET_BYTES;
  let leftOut = 0;
  const kept = trials.map((trial): PageTrial => {
    const load = trial.verdict === 'aborted' ? null : trial.load;
    const histogram = load?.histograms.responseTime ?? null;
    const fits = histogram !== null && histogram.length <= budget;
    if (fits) budget -= histogram.length;
    else if (histogram !== null) leftOut++;
    const { index, round, targetId, scenarioId, verdict, startedAt } = trial;
    return {
      index,
      round,
      target: plainText(targetId),
      scenario: plainText(scenarioId),
      verdict,
      startedAt: plainText(startedAt),
      windowMs: load === null ? 0 : Math.round((load.window.endUs - load.window.startUs) / 1_000),
      series: load === null ? [] : pageSeries(load.series, points),
      histogram: fits ? histogram : null,
    };
  });
  return { kept, leftOut };
}

type Period = NonNullable<Extract<Trial, { verdict: 'valid' }>>['load']['series'][number];

/** Adjacent periods together until there are few enough: rates add up exactly, means by the responses they stand for. */
function pageSeries(periods: readonly Period[], points: number): PageTrial['series'] {
  const size = Math.max(1, Math.ceil(periods.length / points));
  const series: PageTrial['series'] = [];
  for (let start = 0; start < periods.length; start += size) {
    const part = periods.slice(start, start + size);
    const ms = part.reduce((sum, { periodMs }) => sum + periodMs, 0);
    const completed = part.reduce((sum, period) => sum + period.completed, 0);
    const weighted = part.reduce((sum, { meanUs, completed: count }) => sum + (meanUs ?? 0) * count, 0);
    const meanUs = completed > 0 ? Math.round(weighted / completed) : null;
    const seconds = (part.at(-1)?.tMs ?? 0) / 1_000;
    series.push([rounded(seconds), ms > 0 ? Math.round((completed / ms) * 1_000) : 0, meanUs]);
  }
  return series;
}

/** Every n-th point, first and last kept. */
function thinned<T>(points: readonly T[], most: number): T[] {
  const step = Math.ceil(points.length / most);
  return points.filter((_, index) => index % step === 0 || index === points.length - 1);
}

function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
