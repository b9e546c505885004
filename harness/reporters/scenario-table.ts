import { METRICS, type MetricDefinition, type MetricId } from '../model/metric.ts';
import type { Report } from '../model/ports.ts';
import { type Reason, type ReasonCode, REASONS } from '../model/reason.ts';
import type { Session } from '../model/session.ts';
import type { CellStatus, CellSummary, MetricSummary, RankedPlace } from '../model/summary.ts';
import { plainText } from './escape.ts';
import { isPublished } from './published-trials.ts';
import { estimateOf, formatMetric, formatSpread, spreadOf } from './figures.ts';

export type RecordedScenario = Session['scenarios'][number];

/** From this size on moving bytes decides, and the table shows the transfer rate. */
const TRANSFER_BODY_BYTES = 262_144;

/** One figure of one row. `text` is complete without `spread`; `marks` point to notes of the table. */
export interface Figure {
  text: string;
  spread: string | null;
  marks: number[];
}

export interface Row {
  targetId: string;
  name: string;
  status: CellStatus;
  /** Its places by throughput; targets that cannot be told apart share one. Null where the row is not ranked. */
  place: RankedPlace | null;
  trialsValid: number;
  trialsTotal: number;
  /** Why the row has no figures (reason codes, or a sentence for what was skipped), or null where it has. */
  refusal: string | null;
  marks: number[];
  figures: ReadonlyMap<MetricId, Figure>;
}

/** What weakens or forbids figures of the table, with what was seen at each target. */
export interface Note {
  mark: number;
  title: string;
  sentence: string;
  seen: { targetId: string; detail: string }[];
}

/** What was seen alike at several targets, said once. */
export function seenAlike(seen: Note['seen']): { targetIds: string[]; detail: string }[] {
  const details = [...new Set(seen.map(({ detail }) => detail))];
  return details.map((detail) => {
    const alike = seen.filter((one) => one.detail === detail).map(({ targetId }) => targetId);
    return { targetIds: [...new Set(alike)], detail };
  });
}

/** What a table of one scenario says, in any output format. */
export interface ScenarioTable {
  scenario: RecordedScenario;
  kind: 'requests' | 'transfer';
  rows: Row[];
  notes: Note[];
}

/** The figures that a reason weakens; a reason that is not listed weakens the whole row. */
const WEAKENS: Partial<Record<ReasonCode, readonly MetricId[]>> = {
  DRIVER_SATURATED: ['throughputRps', 'goodputRps', 'bandwidthBytesPerSec'],
  NEAR_DRIVER_CEILING: ['throughputRps', 'goodputRps', 'bandwidthBytesPerSec'],
  RANKING_AT_CEILING: ['throughputRps', 'goodputRps', 'bandwidthBytesPerSec'],
  RESOURCES_PARTIAL: ['cpuPercent', 'cpuUsPerRequest', 'memoryRssMeanBytes', 'memoryRssPeakBytes'],
  TAIL_NOT_REPRESENTATIVE: ['latencyP99Us', 'latencyP999Us', 'latencyMaxUs'],
  UNCOUNTED_OUTCOMES: ['reliabilityShare'],
};

/** What a limited cell still tells: the target gives at least so much, and answers at most so late. */
const LOWER_BOUNDS: ReadonlySet<MetricId> = new Set(['throughputRps', 'goodputRps', 'bandwidthBytesPerSec']);
const UPPER_BOUNDS: ReadonlySet<MetricId> = new Set([
  'latencyMeanUs',
  'latencyP50Us',
  'latencyP90Us',
  'latencyP99Us',
  'latencyP999Us',
  'latencyMaxUs',
]);

const STATUS_ORDER: readonly CellStatus[] = ['valid', 'limited', 'invalid', 'failed', 'aborted', 'skipped'];

/** One table for each scenario of the session, rows from best to worst and then those without figures. */
export function scenarioTables(report: Report, metrics: readonly MetricId[]): ScenarioTable[] {
  return report.session.scenarios.map((scenario) => scenarioTable(report, scenario, metrics));
}

function scenarioTable(
  report: Report,
  scenario: RecordedScenario,
  metrics: readonly MetricId[],
): ScenarioTable {
  const notes = new NoteList();
  const places = placesOf(report, scenario.id);
  const cells = report.summary.cells.filter((cell) => cell.scenarioId === scenario.id);
  const rows = inOrder(cells, places).map((cell) =>
    rowOf(cell, places.find(({ targetId }) => targetId === cell.targetId) ?? null, metrics, notes),
  );
  const known = new Set(rows.map((row) => row.targetId));
  for (const { id, name, why } of report.session.skipped) {
    if (!known.has(id)) rows.push(skippedRow(id, name, why));
  }
  const bodyBytes = scenario.expect.bodyBytes ?? 0;
  return {
    scenario,
    kind: bodyBytes >= TRANSFER_BODY_BYTES ? 'transfer' : 'requests',
    rows,
    notes: notes.all,
  };
}

/** By throughput, in the order of the figures; empty where the scenario has no ranking. */
export function placesOf(report: Report, scenarioId: string): RankedPlace[] {
  const ranking = report.summary.rankings.find(
    (one) => one.scenarioId === scenarioId && one.metric === 'throughputRps',
  );
  return ranking?.places ?? [];
}

/** `2`, or `1–3` where the rounds do not tell more. */
export function placeText(place: RankedPlace | null): string {
  if (place === null) return '–';
  return place.from === place.to ? String(place.from) : `${place.from}–${place.to}`;
}

function inOrder(cells: readonly CellSummary[], places: readonly RankedPlace[]): CellSummary[] {
  const order = new Map(places.map(({ targetId }, index) => [targetId, index]));
  return cells.toSorted(
    (a, b) =>
      STATUS_ORDER.indexOf(a.status) - STATUS_ORDER.indexOf(b.status) ||
      (order.get(a.targetId) ?? Infinity) - (order.get(b.targetId) ?? Infinity) ||
      throughputOf(b) - throughputOf(a),
  );
}

function throughputOf(cell: CellSummary): number {
  return estimateOf(cell.metrics.throughputRps) ?? -1;
}

function rowOf(
  cell: CellSummary,
  place: RankedPlace | null,
  metrics: readonly MetricId[],
  notes: NoteList,
): Row {
  const { targetId, status, trialsValid, trialsTotal } = cell;
  const base = { targetId, name: cell.targetName, status, trialsValid, trialsTotal };
  const noted = cell.reasons.map((reason) => ({ reason, mark: notes.ofReason(targetId, reason) }));
  if (!isPublished(cell)) {
    const codes = cell.reasons.filter(({ code }) => REASONS[code].effect !== 'warns').map(({ code }) => code);
    const refusal = codes.length === 0 ? 'no reason recorded' : codes.join(', ');
    return { ...base, place: null, refusal, marks: noted.map(({ mark }) => mark), figures: new Map() };
  }
  const marksOn = (metric: MetricId): number[] =>
    noted.filter(({ reason }) => WEAKENS[reason.code]?.includes(metric)).map(({ mark }) => mark);
  const figures = metrics.map((metric): [MetricId, Figure] => {
    const figure = figureOf(cell, metric, notes);
    return [metric, { ...figure, marks: [...marksOn(metric), ...figure.marks] }];
  });
  const marks = noted.filter(({ reason }) => WEAKENS[reason.code] === undefined).map(({ mark }) => mark);
  return { ...base, place, refusal: null, marks, figures: new Map(figures) };
}

function skippedRow(targetId: string, name: string, why: string): Row {
  const refusal = plainText(why);
  return {
    targetId,
    name,
    status: 'skipped',
    place: null,
    trialsValid: 0,
    trialsTotal: 0,
    refusal,
    marks: [],
    figures: new Map(),
  };
}

function figureOf(cell: CellSummary, metric: MetricId, notes: NoteList): Figure {
  // A record of an older version may lack a metric that this one knows.
  const summary: MetricSummary | undefined = cell.metrics[metric];
  const estimate = estimateOf(summary);
  if (summary?.kind !== 'value' || estimate === null)
    return missingFigure(cell.targetId, metric, summary, notes);
  const spread = spreadOf(summary);
  return {
    text: `${boundOf(cell, metric)}${formatMetric(metric, estimate)}`,
    spread: spread === null ? null : formatSpread(spread),
    marks: [],
  };
}

function boundOf({ status }: CellSummary, metric: MetricId): string {
  if (status !== 'limited') return '';
  if (LOWER_BOUNDS.has(metric)) return '≥ ';
  return UPPER_BOUNDS.has(metric) ? '≤ ' : '';
}

function missingFigure(
  targetId: string,
  metric: MetricId,
  summary: MetricSummary | undefined,
  notes: NoteList,
): Figure {
  const why = summary?.kind === 'none' ? summary.why : 'the record holds no such number';
  const { minSamples: needed }: MetricDefinition = METRICS[metric];
  if (needed !== undefined && /\bneeds\b/.test(why)) {
    return { text: `n/a (needs ${needed.toLocaleString('en-US')})`, spread: null, marks: [] };
  }
  return { text: 'n/a', spread: null, marks: [notes.ofMissing(targetId, METRICS[metric].title, why)] };
}

/** Notes of one table, numbered in order of first use; the same reason at several targets is one note. */
class NoteList {
  readonly all: Note[] = [];

  ofReason(targetId: string, reason: Reason): number {
    return this.#add(reason.code, REASONS[reason.code].sentence, targetId, reason.detail);
  }

  ofMissing(targetId: string, title: string, why: string): number {
    return this.#add('n/a', 'there is no figure', targetId, `${title}: ${why}`);
  }

  #add(title: string, sentence: string, targetId: string, detail: string): number {
    let note = this.all.find((one) => one.title === title);
    if (note === undefined) {
      note = { mark: this.all.length + 1, title, sentence, seen: [] };
      this.all.push(note);
    }
    note.seen.push({ targetId, detail: plainText(detail) });
    return note.mark;
  }
}
