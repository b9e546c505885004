import { z } from '../base/schema.ts';
import { GATED_METRICS } from './gate-metric.ts';
import { idSchema } from './scenario.ts';

export const BASELINE_SCHEMA_VERSION = 1;

export const baselineCellSchema = z.strictObject({
  scenarioId: idSchema,
  metric: z.enum(GATED_METRICS),
  /** The value of each launch, in the metric's unit. */
  values: z.array(z.number().positive()).min(1),
  /** CPU time per request of the reference server in the same launches, in µs; null where it was not measured. */
  reference: z.array(z.number().positive().nullable()),
});
export type BaselineCell = z.infer<typeof baselineCellSchema>;

/** One accepted run: launch by launch, never one number. */
export const baselineRunSchema = z.strictObject({
  gateId: idSchema,
  at: z.iso.datetime(),
  harnessVersion: z.string(),
  fingerprint: z.string(),
  /** SHA-256 over the requests, the expected answers, the load and the slices: what is not the same work is not compared. */
  workloadHash: z.string().regex(/^[0-9a-f]{64}$/),
  targetVersion: z.string().nullable(),
  artifactHash: z.string().nullable(),
  gitCommit: z.string().nullable(),
  reference: z.strictObject({ id: z.string(), hash: z.string().nullable() }),
  cells: z.array(baselineCellSchema),
});
export type BaselineRun = z.infer<typeof baselineRunSchema>;

export const baselineSchema = z.strictObject({
  schemaVersion: z.literal(BASELINE_SCHEMA_VERSION),
  targetId: idSchema,
  /** The last accepted runs, oldest first. */
  runs: z.array(baselineRunSchema).min(1).max(20),
  /** A release that stays, so that creep over many small accepted steps is seen. */
  pinned: baselineRunSchema.nullable(),
});
export type Baseline = z.infer<typeof baselineSchema>;

/** Accepted runs that a baseline keeps. */
export const BASELINE_RUNS = 20;
