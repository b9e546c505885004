import { METRICS } from '../../model/metric.ts';
import type { GateRecord } from '../../model/gate-record.ts';
import type { CellEvidence, GateOutcome, GateReport, JudgedCell } from '../../model/gate-report.ts';
import { formatMetric } from '../figures.ts';

/** Median of the launches of each arm, for people; null where an arm has no value. */
export function armValues({ launches }: JudgedCell): { base: number | null; head: number | null } {
  return { base: middle(launches.map(({ base }) => base)), head: middle(launches.map(({ head }) => head)) };
}

function middle(values: readonly (number | null)[]): number | null {
  const sorted = values.flatMap((value) => (value === null ? [] : [value])).toSorted((a, b) => a - b);
  const upper = sorted[sorted.length >> 1];
  const lower = sorted[(sorted.length - 1) >> 1];
  return upper === undefined || lower === undefined ? null : (upper + lower) / 2;
}

export function valueText(cell: JudgedCell, value: number | null): string {
  return value === null ? 'n/a' : formatMetric(cell.metric, value);
}

/** `+3.1 %` worse is positive, whichever way the metric is better. */
export function changeText(outcome: GateOutcome): string {
  return 'evidence' in outcome ? signedPercent(outcome.evidence.estimate) : 'n/a';
}

export function signedPercent(share: number): string {
  return `${share >= 0 ? '+' : ''}${(share * 100).toFixed(1)} %`;
}

export function cellName({ targetId, scenarioId, metric }: JudgedCell): string {
  return `${targetId} ${scenarioId} ${METRICS[metric].title}`;
}

/** Why the cell was decided as it was, with what this run would have found; one sentence. */
export function sentenceOf(cell: JudgedCell): string {
  const { outcome } = cell;
  const notes = [
    ...(cell.isolated ? ['isolated: the other scenarios show nothing, look here first'] : []),
    ...(cell.advisory && outcome.kind !== 'not-gated' ? ['advisory: it fails nothing'] : []),
    ...('evidence' in outcome ? [detectableText(outcome, outcome.evidence)] : []),
  ];
  return [outcome.why, ...notes].join('; ');
}

/** What the run would have found. So few launches that no test rejects would have found nothing, and that is said. */
function detectableText({ kind }: GateOutcome, { launches, detectable }: CellEvidence): string {
  if (detectable !== null) {
    return `a slowdown of ${(detectable * 100).toFixed(1)} % would have failed with 90 % probability`;
  }
  return kind === 'pass' || kind === 'improvement'
    ? 'a slowdown would have been measured further before it failed'
    : `${launches === 1 ? '1 launch is' : `${launches} launches are`} too few to fail any slowdown, however large`;
}

/** The first line of every rendering. */
export function headlineOf(
  { verdict, why }: GateReport,
  { onInconclusive }: Pick<GateRecord['settings'], 'onInconclusive'>,
): string {
  const fails = verdict === 'inconclusive' && onInconclusive === 'fail';
  return `${verdict.toUpperCase()}: ${why}${fails ? ', which counts as failed (--on-inconclusive fail)' : ''}`;
}

export function isGreen({ outcome }: JudgedCell): boolean {
  return outcome.kind === 'pass' || outcome.kind === 'improvement';
}
