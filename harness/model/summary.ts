import type { MetricId } from './metric.ts';
import type { Reason } from './reason.ts';

/** One metric of one cell over its rounds, or why there is no figure. */
export type MetricSummary =
  | {
      kind: 'value';
      /** Median over trials; for percentiles, read from the merged histogram. */
      estimate: number;
      /** Smallest and largest value of a single trial: the spread over rounds. */
      min: number;
      max: number;
      /** 95 % interval of the estimate, where there are enough trials for one. */
      interval: { low: number; high: number } | null;
      /** The value of each trial, in round order. */
      values: number[];
    }
  | { kind: 'none'; why: string };

/**
 * - `valid`: figures of valid trials. - `limited`: every trial was held back by driver or machine; throughput is a lower bound.
 * - `invalid`, `failed`, `aborted`, `skipped`: no figure is published.
 */
export type CellStatus = 'valid' | 'limited' | 'invalid' | 'failed' | 'aborted' | 'skipped';

export interface CellSummary {
  targetId: string;
  targetName: string;
  scenarioId: string;
  status: CellStatus;
  trialsValid: number;
  trialsTotal: number;
  /** Each reason once, with the detail of its first trial. */
  reasons: Reason[];
  metrics: Record<MetricId, MetricSummary>;
  /** Response time of all published trials together at rising percentiles; absent where nothing is published. */
  percentileCurve?: PercentileCurve;
}

/** The distribution of a merged histogram, fine enough to draw and to list. */
export interface PercentileCurve {
  /** Percentiles in percent from 0 to 100, rising; the latency there in µs; at least this many samples are at most so slow. */
  points: { percentile: number; latencyUs: number; count: number }[];
  samples: number;
  meanUs: number;
  stdevUs: number;
  maxUs: number;
}

/** How many times the metric of one target is that of another, from rounds that both have, with its 95 % interval. */
export interface PairRatio {
  better: string;
  worse: string;
  estimate: number;
  low: number;
  high: number;
}

/** The places that a target may truly hold, best first from 1; `from` equals `to` where its place is known. */
export interface RankedPlace {
  targetId: string;
  from: number;
  to: number;
  /** Those that are proven worse, by id. */
  aheadOf: string[];
}

/** Targets in the order of their figures; those that cannot be told apart share at least one place. */
export interface Ranking {
  scenarioId: string;
  metric: MetricId;
  places: RankedPlace[];
  /** Pairs whose ratio has an interval: estimate and bounds are those of better over worse. */
  ratios?: PairRatio[];
}

export interface Summary {
  cells: CellSummary[];
  rankings: Ranking[];
  /** What weakens the whole session, one sentence each. */
  warnings: string[];
}
