import { z } from '../base/schema.ts';
import { environmentSchema } from './environment.ts';
import { GATE_MODES, GATED_METRICS, PROFILE_IDS } from './gate-metric.ts';
import { gateReportSchema, waiverSchema } from './gate-report.ts';
import { idSchema } from './scenario.ts';
import { cpuLayoutSchema, measuredTargetSchema, recordedScenarioSchema } from './session.ts';

export const GATE_SCHEMA_VERSION = 1;

const figure = z.number().nullable();

/** One slice: a stretch of load on one arm, with everything that is needed to judge it again. */
export const sliceRecordSchema = z.strictObject({
  arm: z.enum(['base', 'head']),
  requests: z.int().min(0),
  errors: z.int().min(0),
  throughputRps: figure,
  cpuUsPerRequest: figure,
  memoryRssMeanBytes: figure,
  latencyP50Us: figure,
  latencyP99Us: figure,
  /** CPU that neither target nor driver took, in cores, and the share of time in which tasks waited for a CPU. */
  foreignCpuCores: figure,
  cpuPressureShare: figure,
  stealShare: figure,
  /** Busiest load worker: share of its CPU. */
  driverCpuShare: figure,
  /** The driver, not the target, set the pace. */
  driverBound: z.boolean(),
  /** Why the slice cannot be used whatever it shows (driver lag, errors, a death), else null. */
  fault: z.string().nullable(),
});
export type SliceRecord = z.infer<typeof sliceRecordSchema>;

const armFlags = z.strictObject({ base: z.boolean(), head: z.boolean() });

/** The slices of both arms in one scenario: blocks of four in the order in which they ran. */
export const measuredBlocksSchema = z.strictObject({
  orders: z.array(z.enum(['ABBA', 'BAAB'])),
  /** Length of its slices, where slow responses asked for longer ones than the settings say. */
  sliceMs: z.number().optional(),
  /** False where an arm had not settled by the end of the longest warm-up. */
  steady: armFlags,
  warmupRequests: z.strictObject({ base: z.int(), head: z.int() }),
  blocks: z.array(z.array(sliceRecordSchema)),
});
export type MeasuredBlocks = z.infer<typeof measuredBlocksSchema>;

/** Fresh processes of both arms, warm-up, blocks: the unit of evidence. */
export const launchRecordSchema = z.strictObject({
  index: z.int().min(0),
  /** `confirm` launches were made afterwards, to repeat what looked red. */
  phase: z.enum(['look', 'confirm']),
  pairId: idSchema,
  startedAt: z.string(),
  durationMs: z.number(),
  startOrder: z.array(z.enum(['base', 'head'])).length(2),
  paddingBytes: z.strictObject({ base: z.int(), head: z.int() }),
  /** Why the launch gave nothing or ended early (a server that did not start, died, or answered wrongly), else null. */
  problem: z.string().nullable(),
  scenarios: z.array(
    // What the scenario took of the launch, warm-up included; records of httpdyno 0.1 before November 2026 lack it.
    measuredBlocksSchema.extend({ scenarioId: idSchema, durationMs: z.number().optional() }),
  ),
  /** The reference server against itself. */
  sentinel: measuredBlocksSchema.nullable(),
});
export type LaunchRecord = z.infer<typeof launchRecordSchema>;

export const gateArmSchema = z.strictObject({
  /** As the user named it. */
  given: z.string(),
  kind: z.enum(['target', 'command', 'ref', 'image', 'reference']),
  target: measuredTargetSchema,
  command: z.array(z.string()),
  /** Commit of a git ref. */
  commit: z.string().nullable(),
});
export type GateArm = z.infer<typeof gateArmSchema>;

export const gatePairSchema = z.strictObject({ id: idSchema, base: gateArmSchema, head: gateArmSchema });

export const gateSettingsSchema = z.strictObject({
  seed: z.int(),
  sliceMs: z.number(),
  /** Blocks of four slices in each scenario of a launch; the first records, which do not say so, have two. */
  blocks: z.int().min(1).default(2),
  /** Windows of warm-up an arm at most, where the user allowed fewer than the rule. */
  maxWarmupWindows: z.int().min(1).optional(),
  looks: z.array(z.int()).min(1),
  budgetMinutes: z.number(),
  profile: z.enum(PROFILE_IDS),
  metrics: z.array(z.enum(GATED_METRICS)).min(1),
  /** Slowdown from which a metric is unacceptable, where the user chose another than the profile's. */
  limits: z.partialRecord(z.enum(GATED_METRICS), z.number().positive()),
  onInconclusive: z.enum(['pass', 'fail']),
  cpus: cpuLayoutSchema,
  workers: z.int().min(1),
  driverWorkers: z.int().min(1),
});

/** A gate run: settings, every slice of every launch, and what was concluded; the conclusion follows from the rest. */
export const gateRecordSchema = z.strictObject({
  schemaVersion: z.literal(GATE_SCHEMA_VERSION),
  id: idSchema,
  harnessVersion: z.string(),
  status: z.enum(['running', 'complete', 'interrupted']),
  mode: z.enum(GATE_MODES),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  argv: z.array(z.string()),
  environment: environmentSchema,
  settings: gateSettingsSchema,
  pairs: z.array(gatePairSchema).min(1),
  scenarios: z.array(recordedScenarioSchema).min(1),
  /** Name and hash of the server that the sentinel measures. */
  reference: z.strictObject({ id: z.string(), hash: z.string().nullable() }),
  waivers: z.array(waiverSchema),
  warnings: z.array(z.string()),
  launches: z.array(launchRecordSchema),
  report: gateReportSchema.nullable(),
});
export type GateRecord = z.infer<typeof gateRecordSchema>;
