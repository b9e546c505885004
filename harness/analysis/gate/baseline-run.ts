import type { Baseline, BaselineCell, BaselineRun } from '../../model/baseline.ts';
import type { GatedMetric } from '../../model/gate-metric.ts';
import type { GateRecord } from '../../model/gate-record.ts';
import type { GateReport, JudgedCell } from '../../model/gate-report.ts';
import { METRICS } from '../../model/metric.ts';
import { median } from '../order.ts';
import { type AnchoredFinding, screenAnchored } from './anchored.ts';
import { zoneOf } from './profile.ts';

/** Memory does not depend on how fast the machine is: it is not held against the reference. */
const UNANCHORED: readonly GatedMetric[] = ['memoryRssMeanBytes'];

/** What a run of one server against itself adds to its baseline: the value of each launch, and of the reference in it. */
export function baselineCells(record: GateRecord): BaselineCell[] {
  const references = record.launches
    .filter(({ phase }) => phase === 'look')
    .map(({ sentinel }) => {
      const values = (sentinel?.blocks.flat() ?? []).flatMap(({ cpuUsPerRequest: cpu }) =>
        cpu === null ? [] : [cpu],
      );
      return values.length === 0 ? null : median(values);
    });
  return (record.report?.cells ?? []).flatMap(({ scenarioId, metric, outcome, launches }) => {
    if (outcome.kind === 'invalid' || outcome.kind === 'not-gated') return [];
    const usable = launches.flatMap(({ base, head, launch }) =>
      base === null || head === null
        ? []
        : [{ value: Math.sqrt(base * head), reference: references[launch] ?? null }],
    );
    if (usable.length === 0) return [];
    return [
      {
        scenarioId,
        metric,
        values: usable.map(({ value }) => value),
        reference: usable.map(({ reference }) => reference),
      },
    ];
  });
}

/**
 * Each launch of a run as a logarithm in which + is worse: the value over that of the reference server in the same
 * launch, so that a faster or slower day of the machine cancels. Launches without a reference are left out.
 */
export function anchoredLaunches(cell: BaselineCell): number[] {
  const sign = METRICS[cell.metric].better === 'higher' ? -1 : 1;
  return cell.values.flatMap((value, launch) => {
    const reference = UNANCHORED.includes(cell.metric) ? 1 : (cell.reference[launch] ?? null);
    return reference === null ? [] : [sign * Math.log(value) - Math.log(reference)];
  });
}

/** Screens a run against the accepted runs of its baseline. A suspicion confirms nothing: it asks for the paired gate. */
export function judgeAnchored(baseline: Baseline, run: BaselineRun, record: GateRecord): GateReport {
  // What a disturbed machine showed is believed against stored runs as little as side by side.
  const contaminated = record.report?.sentinel.some(({ kind }) => kind === 'contaminated') === true;
  const cells = (record.report?.cells ?? []).map((cell): JudgedCell => {
    if (contaminated) return cell;
    const own = run.cells.find((each) => each.scenarioId === cell.scenarioId && each.metric === cell.metric);
    if (own === undefined) return cell;
    const { profile, limits } = record.settings;
    const { d0 } = zoneOf(cell.metric, profile, record.environment.logicalCpus, limits[cell.metric]);
    const stored = baseline.runs.flatMap(({ cells: accepted }) =>
      accepted
        .filter((each) => each.scenarioId === own.scenarioId && each.metric === own.metric)
        .map(anchoredLaunches),
    );
    return { ...cell, outcome: outcomeOf(screenAnchored(stored, anchoredLaunches(own), d0), stored.length) };
  });
  return { ...verdictOf(cells), cells, sentinel: record.report?.sentinel ?? [] };
}

function outcomeOf(finding: AnchoredFinding, runs: number): JudgedCell['outcome'] {
  if (finding.kind === 'unmeasured') return { kind: 'invalid', why: finding.why };
  const estimate = finding.kind === 'baseline-too-young' ? 0 : finding.change;
  const evidence = { launches: runs, estimate, lower: null, upper: null, detectable: null };
  switch (finding.kind) {
    case 'within':
      return { kind: 'pass', why: finding.why, evidence };
    case 'suspected':
      return { kind: 'suspected', why: `${finding.why}; confirm it with a paired gate`, evidence };
    case 'baseline-too-young':
      return { kind: 'inconclusive', why: `baseline too young: ${finding.why}`, evidence };
  }
}

function verdictOf(cells: readonly JudgedCell[]): Pick<GateReport, 'verdict' | 'why'> {
  const gated = cells.filter(({ advisory }) => !advisory);
  const count = (kind: JudgedCell['outcome']['kind']): number =>
    gated.filter(({ outcome }) => outcome.kind === kind).length;
  if (gated.length === 0) return { verdict: 'invalid', why: 'no gated cell was measured' };
  if (count('invalid') > 0)
    return { verdict: 'invalid', why: `${count('invalid')} of ${gated.length} cells cannot be judged` };
  if (count('suspected') > 0) {
    return {
      verdict: 'inconclusive',
      why: `${count('suspected')} of ${gated.length} cells are suspected; confirm them paired`,
    };
  }
  const open = gated.length - count('pass');
  return open > 0
    ? { verdict: 'inconclusive', why: `${open} of ${gated.length} cells undecided` }
    : { verdict: 'pass', why: `all ${gated.length} cells are within their baseline` };
}
