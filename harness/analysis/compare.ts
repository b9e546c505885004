import type { Comparison } from '../model/comparison.ts';
import { METRICS, type MetricDefinition, type MetricId } from '../model/metric.ts';
import type { Interval } from './interval/interval.ts';
import { shiftInterval } from './interval/rank-sum.ts';
import { signedRankInterval } from './interval/signed-rank.ts';
import { tInterval } from './interval/t-interval.ts';

/** The values of one side, by round where rounds were run side by side with those of the other. */
export type ComparedValues =
  | { kind: 'paired'; baseline: readonly number[]; candidate: readonly number[] }
  | { kind: 'separate'; baseline: readonly number[]; candidate: readonly number[] };

/**
 * Compares launch-level values of one metric. On logarithms, so that a change is a ratio and the same in both directions:
 * paired by round with the signed-rank interval (from six rounds; Student's at three to five, for which log ratios are
 * about normal), separately with the Mann-Whitney interval. Different means that the 95 % interval excludes no change;
 * whether that matters is for a budget to say.
 */
export function compareValues(values: ComparedValues, metric: MetricId): Comparison {
  const baseline = values.baseline.map(Math.log);
  const candidate = values.candidate.map(Math.log);
  if (
    ![...baseline, ...candidate].every(Number.isFinite) ||
    baseline.length === 0 ||
    candidate.length === 0
  ) {
    return { kind: 'too-few', change: null, why: 'a ratio needs positive values on both sides' };
  }
  const { estimate, interval, method } =
    values.kind === 'paired' ? pairedEstimate(baseline, candidate) : separateEstimate(baseline, candidate);
  const change = Math.expm1(estimate);
  if (interval === null) {
    const why = `${values.baseline.length} and ${values.candidate.length} values are too few for a 95 % interval (${method})`;
    return { kind: 'too-few', change, why };
  }
  const relative = { low: Math.expm1(interval.low), high: Math.expm1(interval.high) };
  const shown = `95 % interval ${percent(relative.low)} to ${percent(relative.high)} (${method})`;
  if (interval.low <= 0 && interval.high >= 0) {
    return { kind: 'not-told-apart', change, interval: relative, why: `${shown} includes no change` };
  }
  return {
    kind: 'different',
    direction: directionOf(metric, change),
    change,
    interval: relative,
    why: shown,
  };
}

interface NamedEstimate {
  estimate: number;
  interval: Interval | null;
  method: string;
}

function pairedEstimate(baseline: readonly number[], candidate: readonly number[]): NamedEstimate {
  const differences = candidate.slice(0, baseline.length).flatMap((value, round) => {
    const other = baseline[round];
    return other === undefined ? [] : [value - other];
  });
  return differences.length < 6
    ? { ...tInterval(differences), method: "paired, Student's t on log ratios" }
    : { ...signedRankInterval(differences), method: 'paired, exact signed-rank' };
}

function separateEstimate(baseline: readonly number[], candidate: readonly number[]): NamedEstimate {
  return { ...shiftInterval(baseline, candidate), method: 'separate, exact Mann-Whitney' };
}

function directionOf(metric: MetricId, change: number): 'better' | 'worse' | 'neither' {
  const definition: MetricDefinition = METRICS[metric];
  if (definition.better === 'neither') return 'neither';
  return change > 0 === (definition.better === 'higher') ? 'better' : 'worse';
}

function percent(change: number): string {
  return `${change >= 0 ? '+' : ''}${(change * 100).toFixed(1)} %`;
}
