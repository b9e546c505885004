import type { MetricId } from '../../model/metric.ts';
import type { Session } from '../../model/session.ts';
import type { CellSummary, Summary } from '../../model/summary.ts';
import { judgeCell } from '../summary/cell-status.ts';

/** What a target reached in a metric: exactly that, at least or at most that, or nothing that could be told. */
export type MeasuredCell =
  | { kind: 'figure'; bound: Bound; estimate: number; byRound: ReadonlyMap<number, number> }
  | { kind: 'none'; why: string };

/** `unknown`: a limited trial says nothing of what the target would have done. */
export type Bound = 'exact' | 'at-least' | 'at-most' | 'unknown';

/** A target that the driver held back could have done more work, and would not have needed less for it. */
const AT_LEAST: ReadonlySet<MetricId> = new Set([
  'throughputRps',
  'goodputRps',
  'bandwidthBytesPerSec',
  'cpuPercent',
  'memoryRssMeanBytes',
  'memoryRssPeakBytes',
]);
/** In a closed loop the waits of a busy driver are part of the latency: the target alone is no slower. */
const AT_MOST: ReadonlySet<MetricId> = new Set([
  'latencyMeanUs',
  'latencyP50Us',
  'latencyP90Us',
  'latencyP99Us',
  'latencyP999Us',
  'latencyMaxUs',
]);

/** The figures of a target in a scenario of a session, round by round, from the trials that its cell publishes. */
export function measuredCell(
  session: Session,
  summary: Summary,
  cell: Pick<CellSummary, 'targetId' | 'scenarioId'>,
  metric: MetricId,
): MeasuredCell {
  const own = ({ targetId, scenarioId }: typeof cell): boolean =>
    targetId === cell.targetId && scenarioId === cell.scenarioId;
  const found = summary.cells.find(own);
  if (found === undefined) return { kind: 'none', why: `${cell.targetId} was not part of the session` };
  if (found.status !== 'valid' && found.status !== 'limited') {
    const reason = found.reasons[0]?.code ?? 'nothing was measured';
    return { kind: 'none', why: `${cell.targetId} has no valid figure (${found.status}: ${reason})` };
  }
  const value = found.metrics[metric];
  if (value.kind === 'none') return { kind: 'none', why: `${cell.targetId}: ${value.why}` };
  const trials = session.trials.filter(own).toSorted((a, b) => a.round - b.round);
  const rounds = judgeCell(trials).published.map(({ round }) => round);
  const byRound = new Map(rounds.map((round, i) => [round, value.values[i] ?? Number.NaN]));
  const bound = found.status === 'valid' ? 'exact' : boundOf(metric);
  return { kind: 'figure', bound, estimate: value.estimate, byRound };
}

function boundOf(metric: MetricId): Bound {
  if (AT_LEAST.has(metric)) return 'at-least';
  return AT_MOST.has(metric) ? 'at-most' : 'unknown';
}
