import { z } from '../base/schema.ts';
import { loadResultSchema, reasonSchema } from './load.ts';
import { machineUsageSchema, resourceUsageSchema } from './resources.ts';
import { idSchema } from './scenario.ts';

/** One cell on one fresh start of its target, planned. */
export const plannedTrialSchema = z.strictObject({
  /** Position in the plan, from 0; also the trial's identity within the session. */
  index: z.int().min(0),
  round: z.int().min(0),
  targetId: idSchema,
  scenarioId: idSchema,
  seed: z.int(),
});
export type PlannedTrial = z.infer<typeof plannedTrialSchema>;

const trialBase = {
  ...plannedTrialSchema.shape,
  startedAt: z.string(),
  durationMs: z.number(),
  launcher: z.enum(['process', 'docker']),
  /** The exact argument vector that started the target, relative to its folder; `node` is the one that ran httpdyno. */
  argv: z.array(z.string()),
  readyAfterMs: z.number().nullable(),
  reasons: z.array(reasonSchema),
  /** Reasons of a first attempt that was repeated because other work disturbed it; empty where there was none. */
  firstAttempt: z.array(reasonSchema),
  /** Last lines that the target logged, where something went wrong. */
  logTail: z.array(z.string()),
};

const measured = { load: loadResultSchema, resources: resourceUsageSchema, machine: machineUsageSchema };
const perhapsMeasured = {
  load: loadResultSchema.nullable(),
  resources: resourceUsageSchema.nullable(),
  machine: machineUsageSchema.nullable(),
};

/** What one trial gave. Figures exist only where load was sent and the driver lived; rankings take `valid` ones only. */
export const trialSchema = z.discriminatedUnion('verdict', [
  z.strictObject({ verdict: z.literal('valid'), ...trialBase, ...measured }),
  z.strictObject({ verdict: z.literal('invalid'), ...trialBase, ...perhapsMeasured }),
  z.strictObject({ verdict: z.literal('failed'), ...trialBase, ...perhapsMeasured }),
  z.strictObject({ verdict: z.literal('aborted'), ...trialBase }),
]);
export type Trial = z.infer<typeof trialSchema>;

/** A trial that has figures, whatever they are worth. */
export type MeasuredTrial = Exclude<Trial, { verdict: 'aborted' }> & {
  [Figure in keyof typeof measured]: z.infer<(typeof measured)[Figure]>;
};

export function isMeasured(trial: Trial): trial is MeasuredTrial {
  return (
    trial.verdict !== 'aborted' && trial.load !== null && trial.resources !== null && trial.machine !== null
  );
}
