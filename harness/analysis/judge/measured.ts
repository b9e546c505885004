import type { LatencyHistogram } from '../../histogram/latency-histogram.ts';
import type { LoadResult } from '../../model/load.ts';
import type { MachineUsage, ResourceUsage } from '../../model/resources.ts';
import type { Scenario } from '../../model/scenario.ts';
import type { CpuLayout } from '../../model/session.ts';

/** The figures of one trial before anyone has judged them. */
export interface MeasuredFigures {
  load: LoadResult;
  resources: ResourceUsage;
  machine: MachineUsage;
}

export interface JudgementContext {
  scenario: Pick<Scenario, 'drain'>;
  cpus: CpuLayout;
  /** Responses per second that this driver reached against a null server on this machine, where it was calibrated. */
  ceilingRps?: number | null;
  /** Requests in flight on one connection; 1 unless told. */
  pipelining?: number;
}

/** What every rule reads: the record, and its histogram decoded once. */
export interface Evidence extends MeasuredFigures {
  context: JudgementContext;
  responseTime: LatencyHistogram;
  windowUs: number;
}
