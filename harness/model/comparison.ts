import type { MetricId } from './metric.ts';
import type { RankedPlace } from './summary.ts';

/** A relative change of the candidate against the baseline: 0.1 is 10 % more of the metric, be that good or bad. */
export type Comparison =
  | {
      kind: 'different';
      direction: 'better' | 'worse' | 'neither';
      change: number;
      interval: { low: number; high: number };
      why: string;
    }
  | { kind: 'not-told-apart'; change: number; interval: { low: number; high: number }; why: string }
  /** `change` is null where not even an estimate exists (no value, or a value that is not positive). */
  | { kind: 'too-few'; change: number | null; why: string };

/** One side of a comparison: a target of a session. */
export interface ComparedSide {
  sessionId: string;
  targetId: string;
}

/** One metric of one scenario, on both sides; an estimate is null where a side publishes no figure. */
export interface ComparedMetric {
  metric: MetricId;
  baseline: number | null;
  candidate: number | null;
  comparison: Comparison;
}

export interface ComparedCell {
  scenarioId: string;
  baseline: ComparedSide;
  candidate: ComparedSide;
  /** Rounds that ran side by side are compared round by round. */
  pairing: 'paired' | 'separate';
  metrics: ComparedMetric[];
}

/** Targets of one session in the order of their figures, with their places among all targets of it. */
export interface ComparedRanking {
  sessionId: string;
  scenarioId: string;
  metric: MetricId;
  places: RankedPlace[];
}

export interface ComparisonReport {
  cells: ComparedCell[];
  rankings: ComparedRanking[];
  /** What a reader must know before believing a figure, one sentence each. */
  warnings: string[];
}
