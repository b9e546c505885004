import type { CellId } from './gate-report.ts';

/** How one cell moved over the runs of its baseline, oldest first. */
export interface HistoryRow extends CellId {
  /** Median of each run, in the metric's unit. */
  values: number[];
  /** Against the first run and beside the reference server, + is worse: what the machine did is taken out. */
  slowdowns: number[];
  /** Where the level seems to have changed; advice, no verdict. */
  change: { gateId: string; gitCommit: string | null; slowdown: number } | null;
  sincePinned: number | null;
}
