import type { Report } from '../model/ports.ts';
import type { CellSummary, MetricSummary, Ranking } from '../model/summary.ts';
import { estimateOf, formatMetric } from './figures.ts';
import type { RecordedScenario } from './scenario-table.ts';

/** What the session allows to be said about one scenario: one sentence, never more than its intervals carry. */
export function headlineOf(report: Report, scenario: RecordedScenario): string {
  const cells = report.summary.cells.filter((cell) => cell.scenarioId === scenario.id);
  const valid = cells.filter((cell) => cell.status === 'valid' && throughputOf(cell) !== null);
  const [only] = valid;
  if (only === undefined) return `${scenario.title}: no target has a valid figure${heldBack(cells)}.`;
  const claim =
    valid.length === 1 ? loneClaim(scenario.title, only) : comparativeClaim(report, scenario, valid);
  return `${claim}${boundsOf(cells)}.`;
}

/** Who is not in the ranking although it has figures: often the fastest of all. */
function boundsOf(cells: readonly CellSummary[]): string {
  const limited = cells.filter((cell) => cell.status === 'limited' && throughputOf(cell) !== null);
  if (limited.length === 0) return '';
  const names = listOf(limited.map((cell) => cell.targetId).toSorted());
  return `; not ranked, because the driver or the machine was the limit: ${names}`;
}

function loneClaim(title: string, cell: CellSummary): string {
  const rate = formatMetric('throughputRps', throughputOf(cell) ?? Number.NaN);
  const interval = intervalText(cell.metrics.throughputRps);
  return `${title}: ${cell.targetId} answers ${rate} requests a second${interval}; no other valid figure stands beside it`;
}

function comparativeClaim(report: Report, scenario: RecordedScenario, valid: readonly CellSummary[]): string {
  const ranking = report.summary.rankings.find(
    (one) => one.scenarioId === scenario.id && one.metric === 'throughputRps',
  );
  const byId = new Map(valid.map((cell) => [cell.targetId, cell]));
  const places = (ranking?.places ?? []).filter(({ targetId }) => byId.has(targetId));
  if (places.length === 0) {
    return `${scenario.title}: ${listOf(valid.map((cell) => cell.targetId))} are not ranked`;
  }
  // Nobody is proven better than a leader, so that leaders cannot be told from each other either.
  const leaders = places.filter((place) => places.every(({ aheadOf }) => !aheadOf.includes(place.targetId)));
  const cellsOf = (ids: readonly string[]): CellSummary[] => ids.flatMap((id) => byId.get(id) ?? []);
  const first = cellsOf(leaders.map(({ targetId }) => targetId));
  const ahead = leaders.find(({ aheadOf }) => cellsOf(aheadOf).length > 0);
  const fastest = ahead === undefined ? undefined : byId.get(ahead.targetId);
  const slowest = cellsOf(ahead?.aheadOf ?? []).at(-1);
  if (fastest === undefined || slowest === undefined) {
    return `${scenario.title}: ${cannotBeTold(first)}${inRounds(first)}`;
  }
  const ratio = ratioText(pairedRatio(ranking, fastest, slowest) ?? throughputRatio(fastest, slowest));
  const claim =
    ratio === null
      ? `${fastest.targetId} serves ${scenario.title} faster than ${slowest.targetId}`
      : `${fastest.targetId} serves ${scenario.title} ${ratio.factor} as fast as ${slowest.targetId} (${ratio.range})`;
  return first.length === 1 ? claim : `${claim}; ${cannotBeTold(first)}`;
}

/** How many rounds there were to tell them apart. */
function inRounds(group: readonly CellSummary[]): string {
  const rounds = Math.min(...group.map((cell) => cell.trialsValid));
  return rounds === 1 ? ' in one round' : ` in ${rounds} rounds`;
}

function cannotBeTold(group: readonly CellSummary[]): string {
  return `${listOf(group.map((cell) => cell.targetId).toSorted())} cannot be told apart`;
}

/** The ratio that the analysis made for this very pair, round by round: narrower than what two intervals give. */
function pairedRatio(ranking: Ranking | undefined, a: CellSummary, b: CellSummary): Ratio | null {
  const pair = ranking?.ratios?.find(({ better, worse }) => better === a.targetId && worse === b.targetId);
  return pair ?? null;
}

export interface Ratio {
  estimate: number;
  low: number;
  high: number;
}

/**
 * How many times the throughput of `a` is that of `b`. The interval divides the far ends of the two 95 % intervals: wider than a
 * 95 % interval of the ratio of independent estimates, and at least a 90 % one whatever joins them (Bonferroni). Null where
 * either has no interval.
 */
export function throughputRatio(a: CellSummary, b: CellSummary): Ratio | null {
  const [over, under] = [a.metrics.throughputRps, b.metrics.throughputRps];
  if (over.kind === 'none' || under.kind === 'none') return null;
  if (over.interval === null || under.interval === null) return null;
  const ratio = {
    estimate: over.estimate / under.estimate,
    low: over.interval.low / under.interval.high,
    high: over.interval.high / under.interval.low,
  };
  return Object.values(ratio).every((value) => Number.isFinite(value) && value > 0) ? ratio : null;
}

const MOST_DIGITS = 4;

function ratioText(ratio: Ratio | null): { factor: string; range: string } | null {
  if (ratio === null || ratio.low <= 1) return null;
  const width = ratio.high - ratio.low;
  let digits = width >= 2 ? 0 : width >= 0.1 ? 1 : 2;
  // What lies above 1 must not be rounded down to it: that would read as no difference.
  while (digits < MOST_DIGITS && Math.floor(ratio.low * 10 ** digits) / 10 ** digits <= 1) digits++;
  const scale = 10 ** digits;
  // Outward, so that the printed interval contains the computed one.
  const low = Math.floor(ratio.low * scale) / scale;
  const high = Math.ceil(ratio.high * scale) / scale;
  return {
    factor: `${ratio.estimate.toFixed(digits)}x`,
    range: `${low.toFixed(digits)}–${high.toFixed(digits)}`,
  };
}

function throughputOf(cell: CellSummary): number | null {
  return estimateOf(cell.metrics.throughputRps);
}

function intervalText(summary: MetricSummary): string {
  if (summary.kind === 'none' || summary.interval === null) return '';
  const { low, high } = summary.interval;
  return ` (${formatMetric('throughputRps', low)}–${formatMetric('throughputRps', high)})`;
}

function heldBack(cells: readonly CellSummary[]): string {
  const counts = new Map<string, number>();
  for (const { status } of cells) counts.set(status, (counts.get(status) ?? 0) + 1);
  const parts = [...counts].map(
    ([status, count]) => `${count} ${status === 'valid' ? 'without a number' : status}`,
  );
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listOf(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}
