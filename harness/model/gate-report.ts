import { z } from '../base/schema.ts';
import { GATED_METRICS } from './gate-metric.ts';
import { idSchema } from './scenario.ts';

export const cellIdSchema = z.strictObject({
  targetId: idSchema,
  scenarioId: idSchema,
  metric: z.enum(GATED_METRICS),
});
/** A cell of a gate: one metric of one target in one scenario. */
export type CellId = z.infer<typeof cellIdSchema>;

export const waiverSchema = cellIdSchema.extend({
  /** Largest slowdown allowed, relative: 0.1 is 10 %. */
  maxSlowdown: z.number().positive().max(10),
  /** Last day on which it holds, as YYYY-MM-DD. */
  expires: z.iso.date(),
  reason: z.string().min(1).max(400),
});
/** A slowdown that someone accepted, for a while. */
export type Waiver = z.infer<typeof waiverSchema>;

/** What the launches of one cell say, as relative slowdowns (+ is worse): 0.1 is 10 % worse. */
export const cellEvidenceSchema = z.strictObject({
  launches: z.int(),
  estimate: z.number(),
  /** One-sided bounds at the levels of the last look; null where so few launches have none. */
  lower: z.number().nullable(),
  upper: z.number().nullable(),
  /** The smallest slowdown that this run would have failed with 90 % probability. */
  detectable: z.number().nullable(),
});
export type CellEvidence = z.infer<typeof cellEvidenceSchema>;

const decided = { why: z.string(), evidence: cellEvidenceSchema };

export const gateOutcomeSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('pass'), ...decided }),
  z.strictObject({ kind: z.literal('improvement'), ...decided }),
  z.strictObject({ kind: z.literal('inconclusive'), ...decided }),
  z.strictObject({ kind: z.literal('regression'), ...decided }),
  /** Red once; confirmation launches are to be made. */
  z.strictObject({ kind: z.literal('suspected'), ...decided }),
  /** Red once; fresh launches did not repeat it. */
  z.strictObject({ kind: z.literal('not-confirmed'), ...decided }),
  z.strictObject({ kind: z.literal('waived'), ...decided, waiver: waiverSchema }),
  z.strictObject({ kind: z.literal('invalid'), why: z.string() }),
  /** The driver or the machine, not the target, set the figure, and nobody asked for it by name. */
  z.strictObject({ kind: z.literal('not-gated'), why: z.string() }),
]);
export type GateOutcome = z.infer<typeof gateOutcomeSchema>;

/** One launch of a cell: median of each arm in the metric's unit, and the log ratio, + is worse. */
export const launchValueSchema = z.strictObject({
  launch: z.int(),
  base: z.number().nullable(),
  head: z.number().nullable(),
  d: z.number().nullable(),
});
export type LaunchValue = z.infer<typeof launchValueSchema>;

export const judgedCellSchema = cellIdSchema.extend({
  outcome: gateOutcomeSchema,
  /** Where a change begins to matter, as relative slowdowns; what the outcome was decided against. */
  zone: z.strictObject({ d0: z.number(), d1: z.number() }),
  advisory: z.boolean(),
  /** A confirmed regression while the same metric of the target passes in all its other scenarios: look there first. */
  isolated: z.boolean(),
  launches: z.array(launchValueSchema),
});
export type JudgedCell = z.infer<typeof judgedCellSchema>;

export const sentinelFindingSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('clean'), estimate: z.number() }),
  z.strictObject({ kind: z.literal('contaminated'), why: z.string() }),
  z.strictObject({ kind: z.literal('too-few'), why: z.string() }),
]);
export type SentinelFinding = z.infer<typeof sentinelFindingSchema>;

export const gateReportSchema = z.strictObject({
  verdict: z.enum(['pass', 'regression', 'inconclusive', 'invalid']),
  why: z.string(),
  cells: z.array(judgedCellSchema),
  sentinel: z.array(sentinelFindingSchema),
});
export type GateReport = z.infer<typeof gateReportSchema>;
export type GateVerdict = GateReport['verdict'];
