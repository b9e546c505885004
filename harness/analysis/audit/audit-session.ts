import { formatNumber } from '../../base/units.ts';
import { imbalance } from '../../model/counts.ts';
import { METRIC_IDS } from '../../model/metric.ts';
import type { Reason } from '../../model/reason.ts';
import { verdictOf } from '../../model/reason.ts';
import type { Session } from '../../model/session.ts';
import type { MetricSummary, Summary } from '../../model/summary.ts';
import { isMeasured, type Trial } from '../../model/trial.ts';
import { summarize } from '../summarize.ts';
import { judgeTrial } from '../trial-reasons.ts';
import { type Finding, finding } from './finding.ts';

/**
 * Checks a session against its own raw data: every trial is judged again, every identity recomputed, and where a
 * published summary is given, each of its figures is held against what the raw histograms and counters give.
 */
export function auditSession(file: string, session: Session, published: Summary | null): Finding[] {
  return [
    ...session.trials.flatMap((trial) => auditTrial(file, trial, session)),
    ...(published === null ? [] : auditSummary(file, summarize(session), published)),
  ];
}

function auditTrial(file: string, trial: Trial, session: Session): Finding[] {
  const at = {
    row: trial.index + 1,
    name: `${trial.targetId} x ${trial.scenarioId}, round ${trial.round + 1}`,
  };
  const findings: Finding[] = [];
  const amounts = verdictOf(trial.reasons);
  // A trial may be worse than its reasons (nothing could be measured), never better.
  if (trial.verdict === 'valid' && amounts !== 'valid') {
    findings.push(finding(file, at, 'VERDICT', `is called valid, but its reasons amount to ${amounts}`));
  }
  if (!isMeasured(trial)) return findings;
  const missing = imbalance(trial.load.counts);
  if (missing !== 0) {
    const sum = trial.load.counts.sent - missing;
    findings.push(
      finding(file, at, 'ACCOUNTING', `sent ${trial.load.counts.sent}, but outcomes sum to ${sum}`),
    );
  }
  const unspoken = judgedAgain(trial, session);
  if (trial.verdict === 'valid' && verdictOf(unspoken) !== 'valid') {
    const said = unspoken.map(({ code, detail }) => `${code} (${detail})`).join('; ');
    findings.push(finding(file, at, 'VERDICT', `is called valid, but its figures say ${said}`));
  }
  return findings;
}

/** Grave reasons that the figures give and the record does not. */
function judgedAgain(trial: Trial, session: Session): Reason[] {
  const scenario = session.scenarios.find(({ id }) => id === trial.scenarioId);
  if (!isMeasured(trial) || scenario === undefined) return [];
  const known = new Set(trial.reasons.map(({ code }) => code));
  const ceilingRps =
    session.plan.drivers.find(({ scenarioId }) => scenarioId === scenario.id)?.ceilingRps ?? null;
  return judgeTrial(trial, { scenario, cpus: session.plan.cpus, ceilingRps }).filter(
    (reason) => !known.has(reason.code) && verdictOf([reason]) !== 'valid',
  );
}

function auditSummary(file: string, truth: Summary, published: Summary): Finding[] {
  const findings: Finding[] = [];
  for (const [i, cell] of published.cells.entries()) {
    const at = { row: i + 1, name: `${cell.targetId} x ${cell.scenarioId}` };
    const own = truth.cells.find((each) => sameCell(each, cell));
    if (own === undefined) {
      findings.push(finding(file, at, 'RECOMPUTED', 'the session has no such cell'));
      continue;
    }
    if (own.status !== cell.status) {
      const message = `status ${cell.status} published, ${own.status} recomputed`;
      findings.push(finding(file, at, 'RECOMPUTED', message));
    }
    for (const metric of METRIC_IDS) {
      const difference = metricDifference(cell.metrics[metric], own.metrics[metric]);
      if (difference !== null) findings.push(finding(file, at, 'RECOMPUTED', `${metric}: ${difference}`));
    }
  }
  for (const own of truth.cells) {
    if (published.cells.some((cell) => sameCell(cell, own))) continue;
    const at = { row: 0, name: `${own.targetId} x ${own.scenarioId}` };
    findings.push(
      finding(file, at, 'RECOMPUTED', 'the cell was measured, but left out of what is published'),
    );
  }
  if (rankingText(published) !== rankingText(truth)) {
    const message = 'the published rankings are not those that the raw data give';
    findings.push(finding(file, { row: 0, name: 'rankings' }, 'RECOMPUTED', message));
  }
  return findings;
}

type CellKey = Pick<Summary['cells'][number], 'targetId' | 'scenarioId'>;

function sameCell(a: CellKey, b: CellKey): boolean {
  return a.targetId === b.targetId && a.scenarioId === b.scenarioId;
}

function rankingText({ rankings }: Summary): string {
  return JSON.stringify(rankings.map(({ scenarioId, metric, places }) => [scenarioId, metric, places]));
}

function metricDifference(published: MetricSummary, own: MetricSummary): string | null {
  if (published.kind === 'none') return null;
  if (own.kind === 'none') return `${formatNumber(published.estimate)} published, but ${own.why}`;
  const pairs = [
    ['estimate', published.estimate, own.estimate],
    ['min', published.min, own.min],
    ['max', published.max, own.max],
    ['low end of the interval', published.interval?.low ?? Number.NaN, own.interval?.low ?? Number.NaN],
    ['high end of the interval', published.interval?.high ?? Number.NaN, own.interval?.high ?? Number.NaN],
    ...own.values.map((value, i) => [`trial ${i + 1}`, published.values[i] ?? Number.NaN, value] as const),
  ] as const;
  const wrong = pairs.find(([, a, b]) => differs(a, b));
  if (wrong === undefined) return null;
  return `${wrong[0]} ${formatNumber(wrong[1])} published, ${formatNumber(wrong[2])} recomputed`;
}

/** Apart by more than the last bits of a sum; a value that only one side has counts as apart. */
function differs(a: number, b: number): boolean {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) !== Number.isNaN(b);
  return Math.abs(a - b) > 1e-9 * Math.max(Math.abs(a), Math.abs(b));
}
