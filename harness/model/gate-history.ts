import type { CellId } from './gate-report.ts';

/** How one cell moved over the runs of its baseline, oldest first. */
export interface HistoryRow extends CellId {
  /** The runs that hold this cell, oldest first; the lists below are as long. */
  runs: { gateId: string; at: string; gitCommit: string | null }[];
  /** Median of each run, in the metric's unit. */
  values: number[];
  /** Against the first run and beside the reference server, + is worse: what the machine did is taken out. */
  slowdowns: number[];
  /** Where the level seems to have changed; advice, no verdict. */
  change: { gateId: string; gitCommit: string | null; slowdown: number } | null;
  sincePinned: number | null;
}
