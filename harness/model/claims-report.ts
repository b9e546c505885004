import type { Claims } from './claims.ts';
import type { MetricId } from './metric.ts';

/** Why a claim is left open: what would have to be otherwise. */
export type OpenReason = 'interval-holds-1' | 'too-few-rounds' | 'bound' | 'not-measured';

/**
 * What the session says of a claim: its 95 % interval of the factor lies above 1, below 1, or neither.
 * A factor with `low` or `high` null is a bound: the driver, not the target, set a figure of the pair.
 */
export type ClaimVerdict =
  | { kind: 'reproduced' }
  | { kind: 'contradicted' }
  | { kind: 'undecided'; reason: OpenReason; why: string };

/** How many times better the target ahead is here, by its rounds. */
export interface MeasuredFactor {
  estimate: number;
  low: number | null;
  high: number | null;
}

/** One pair of a table: the source puts `ahead` before `behind`, by the better figure of the metric (of CPU, the lower). */
export interface JudgedClaim {
  ahead: string;
  behind: string;
  /** How many times better, from 1: the quotient of the two figures, whichever of them is the greater. */
  published: number;
  /** Null where one of the two has no figure here. */
  here: MeasuredFactor | null;
  verdict: ClaimVerdict;
  /** Whether the verdict also stands among all pairs of the metric at once, as the places of a ranking do; false where undecided. */
  firm: boolean;
  /** Whether the published factor lies within the interval; `unknown` where the interval is missing or open towards it. */
  magnitude: 'agrees' | 'differs' | 'unknown';
}

/** Kendall's tau-b of the published and the measured order, with the exact two-sided p of no relation. */
export type RankAgreement =
  | { kind: 'value'; tauB: number; p: number; targets: string[]; leftOut: string[] }
  | { kind: 'none'; why: string; leftOut: string[] };

export interface ClaimCounts {
  reproduced: number;
  contradicted: number;
  undecided: number;
  /** Of the decided ones: those that stand among all pairs at once. */
  firm: number;
}

export interface JudgedMetric {
  metric: MetricId;
  counts: ClaimCounts;
  /** By published place of the one ahead, then of the one behind. */
  claims: JudgedClaim[];
  /** Targets in published order, best first. */
  order: string[];
  rank: RankAgreement;
}

export interface JudgedTable {
  title: string;
  scenarioId: string;
  note: string | null;
  /** What was measured here in place of it, or why nothing was. */
  measured: { kind: 'yes'; connections: number } | { kind: 'no'; why: string };
  metrics: JudgedMetric[];
}

/** A figure of the source that its own arithmetic refutes. */
export interface ImpossibleFigure {
  /** A row, or a table as a whole. */
  of: 'row' | 'table';
  name: string;
  rule: string;
  message: string;
}

/** A published comparison held against a session. */
export interface ClaimsReport {
  id: string;
  source: Claims['source'];
  sessionId: string;
  /** How the session measured: trials a cell, workers and CPUs of a target. */
  here: { rounds: number; workers: number; targetCpus: number };
  tables: JudgedTable[];
  impossible: ImpossibleFigure[];
  /** What a reader must know before believing a verdict, one sentence each. */
  notes: string[];
}
