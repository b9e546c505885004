import type { BaselineCell, BaselineRun } from '../model/baseline.ts';
import type { ComparedCell, ComparedMetric, ComparisonReport } from '../model/comparison.ts';
import { METRICS, type MetricId } from '../model/metric.ts';
import { compareValues } from './compare.ts';
import { anchoredLaunches } from './gate/baseline-run.ts';
import { median } from './order.ts';

/** One stored run of a target: the newest of a baseline, or its pinned release. */
export interface BaselineSide {
  targetId: string;
  run: BaselineRun;
}

const BESIDE =
  'changes are those beside the reference server of the same launches: what the machine did on either day is taken out';
const LAUNCHES_ONLY =
  'the intervals hold how launches of one run differ, not how one run differs from the next: `httpdyno history` shows that';

/**
 * Compares two stored runs launch by launch, each launch beside the reference server that ran in it (exact Mann-Whitney
 * interval on log ratios, 95 %). Whether the two may be compared at all is for the caller to say. Without `metrics` all that
 * both runs hold are compared.
 */
export function compareBaselineRuns(
  baseline: BaselineSide,
  candidate: BaselineSide,
  metrics?: readonly MetricId[],
): ComparisonReport {
  const scenarioIds = [...new Set(baseline.run.cells.map(({ scenarioId }) => scenarioId))];
  const cells = scenarioIds.flatMap((scenarioId): ComparedCell[] => {
    const compared = baseline.run.cells
      .filter((cell) => cell.scenarioId === scenarioId && (metrics?.includes(cell.metric) ?? true))
      .flatMap((cell) => {
        const other = candidate.run.cells.find(
          (each) => each.scenarioId === scenarioId && each.metric === cell.metric,
        );
        return other === undefined ? [] : [compareCells(cell, other)];
      });
    const sideOf = ({ targetId, run }: BaselineSide): ComparedCell['baseline'] => ({
      sessionId: run.gateId,
      targetId,
    });
    const sides = { baseline: sideOf(baseline), candidate: sideOf(candidate) };
    return compared.length === 0 ? [] : [{ scenarioId, ...sides, pairing: 'separate', metrics: compared }];
  });
  return { cells, rankings: [], warnings: [BESIDE, LAUNCHES_ONLY] };
}

function compareCells(baseline: BaselineCell, candidate: BaselineCell): ComparedMetric {
  const { metric } = baseline;
  const values = { kind: 'separate', baseline: beside(baseline), candidate: beside(candidate) } as const;
  const isAnchored = values.baseline.length > 0 && values.candidate.length > 0;
  return {
    metric,
    baseline: median(baseline.values),
    candidate: median(candidate.values),
    comparison: isAnchored
      ? compareValues(values, metric)
      : { kind: 'too-few', change: null, why: 'no reference server ran beside these launches' },
  };
}

/** The value of each launch beside its reference, more being more of the metric again. */
function beside(cell: BaselineCell): number[] {
  const worse = anchoredLaunches(cell);
  return worse.map((log) => Math.exp(METRICS[cell.metric].better === 'higher' ? -log : log));
}
