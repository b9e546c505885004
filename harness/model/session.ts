import { z } from '../base/schema.ts';
import { environmentSchema } from './environment.ts';
import { idSchema, scenarioSchema } from './scenario.ts';
import { targetFileSchema } from './target.ts';
import { plannedTrialSchema, trialSchema } from './trial.ts';

export const SESSION_SCHEMA_VERSION = 1;

export const cpuLayoutSchema = z.strictObject({
  target: z.array(z.int().min(0)),
  driver: z.array(z.int().min(0)),
  disjoint: z.boolean(),
});
/** Which CPUs target and driver run on. */
export type CpuLayout = z.infer<typeof cpuLayoutSchema>;

/** A target as it was when measured: what it is, and the hash of what ran. */
export const measuredTargetSchema = z.strictObject({
  ...targetFileSchema.pick({ id: true, name: true, language: true, framework: true }).shape,
  launcher: z.enum(['process', 'docker']),
  /** SHA-256 of the artifact, or the image id; null where it could not be taken. */
  artifactHash: z.string().nullable(),
  /** Version of the framework from its lock file, where known. */
  version: z.string().nullable(),
});
export type MeasuredTarget = z.infer<typeof measuredTargetSchema>;

/** A target of the plan that could not be run at all, and why. */
export const skippedTargetSchema = z.strictObject({ id: idSchema, name: z.string(), why: z.string() });
export type SkippedTarget = z.infer<typeof skippedTargetSchema>;

/** Scenario durations in a record are ms, not text. */
export const recordedScenarioSchema = scenarioSchema.extend({
  warmup: z.number(),
  warmupMax: z.number(),
  measure: z.number(),
  drain: z.number(),
  requestTimeout: z.number(),
});

export const driverChoiceSchema = z.strictObject({
  scenarioId: idSchema,
  driver: z.string(),
  /** Why this driver, in one sentence. */
  why: z.string(),
  /** What this driver reaches here against a server that does nothing; null where it could not be calibrated. */
  ceilingRps: z.number().positive().nullable(),
});
/** The one load driver of all targets in a scenario. */
export type DriverChoice = z.infer<typeof driverChoiceSchema>;

export const planSchema = z.strictObject({
  seed: z.int(),
  rounds: z.int().min(1),
  workers: z.int().min(1),
  drivers: z.array(driverChoiceSchema).min(1),
  driverWorkers: z.int().min(1),
  launcher: z.enum(['auto', 'process', 'docker']),
  cpus: cpuLayoutSchema,
  trials: z.array(plannedTrialSchema).min(1),
});
export type Plan = z.infer<typeof planSchema>;

/** The ids of all load drivers of a plan: `dyno`, or `autocannon, dyno`. */
export function driversOf(plan: Plan): string {
  return [...new Set(plan.drivers.map(({ driver }) => driver))].join(', ');
}

/** One execution: everything needed to recompute, repeat or judge it. */
export const sessionSchema = z.strictObject({
  schemaVersion: z.literal(SESSION_SCHEMA_VERSION),
  id: idSchema,
  harnessVersion: z.string(),
  /** `running` also after a crash: the trials that ended are there, the rest can be resumed. */
  status: z.enum(['running', 'complete', 'interrupted']),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  argv: z.array(z.string()),
  environment: environmentSchema,
  targets: z.array(measuredTargetSchema),
  skipped: z.array(skippedTargetSchema),
  scenarios: z.array(recordedScenarioSchema),
  plan: planSchema,
  trials: z.array(trialSchema),
});
export type Session = z.infer<typeof sessionSchema>;

/** A session as `session.json` holds it, sealed: files of older versions bear no seal. */
export const sessionFileSchema = sessionSchema.extend({
  /** SHA-256 of all text of the file before this member, in hex. */
  contentSha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'must be 64 hex digits')
    .optional(),
});
