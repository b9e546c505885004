import { z } from '../base/schema.ts';
import { waiverSchema } from './gate-report.ts';
import { durationSchema, expectationSchema, idSchema, loopSchema, requestSchema } from './scenario.ts';
import { argvSchema } from './target.ts';

/** Words of a command; one string is split at spaces and quotes, never read by a shell. */
const commandSchema = z.union([z.string().min(1).max(2_000), argvSchema]);

const variableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/, 'is not the name of a variable');

export const ownTargetSchema = z
  .strictObject({
    id: idSchema,
    name: z.string().min(1).max(60).optional(),
    /** How it starts. `{port}` and `{host}` in any word stand for the address that it must listen on. */
    command: commandSchema.optional(),
    /** Or an image that listens on HOST and PORT. */
    image: z
      .string()
      .regex(/^[a-z0-9][a-z0-9._/:@-]{0,254}$/, 'is not an image reference')
      .optional(),
    /** Where it starts, relative to this file. */
    folder: z.string().min(1).default('.'),
    env: z.record(variableName, z.string().regex(/^[^\0]*$/, 'must not hold NUL')).default({}),
    /** The variable that it reads its port from; PORT is always set as well. */
    portVariable: variableName.default('PORT'),
    /** Asked until the answer is below 500: then it is ready. */
    readyPath: requestSchema.shape.path.default('/'),
    build: z
      .strictObject({
        command: commandSchema,
        /** What the build reads; it is skipped while these are unchanged. */
        inputs: z.array(z.string().min(1)).min(1),
        /** What must exist afterwards. */
        artifacts: z.array(z.string().min(1)).min(1),
      })
      .optional(),
    /** Default: all scenarios of this file. */
    scenarios: z.array(idSchema).min(1).optional(),
  })
  .refine(({ command, image }) => (command === undefined) !== (image === undefined), {
    error: 'needs either `command` or `image`',
  });

export const ownScenarioSchema = z.strictObject({
  id: idSchema,
  title: z.string().min(1).max(80).optional(),
  ...requestSchema.shape,
  expect: expectationSchema.prefault({}),
  loop: loopSchema.default({ kind: 'closed' }),
  connections: z.int().min(1).max(100_000).default(64),
  warmup: durationSchema(0, 600_000).prefault('2s'),
  warmupMax: durationSchema(0, 600_000).prefault('5s'),
  measure: durationSchema(100, 3_600_000).prefault('7s'),
  drain: durationSchema(0, 60_000).prefault('2s'),
  requestTimeout: durationSchema(10, 600_000).prefault('5s'),
});

/** `httpdyno.config.yaml` or `.ts`: the servers of a project, and the work that is asked of them. */
export const projectConfigSchema = z.strictObject({
  targets: z.array(ownTargetSchema).min(1).max(100),
  scenarios: z.array(ownScenarioSchema).min(1).max(100),
  /** Slowdowns that were accepted, each with its last day. */
  waivers: z.array(waiverSchema).default([]),
});
export type ProjectConfig = z.infer<typeof projectConfigSchema>;
/** The same as it is written: what has a default may be left out, durations are text (`7s`). */
export type ProjectConfigInput = z.input<typeof projectConfigSchema>;

/** Gives it back as it is: an editor checks the literal against its type, `export default defineConfig({ … })`. */
export function defineConfig(config: ProjectConfigInput): ProjectConfigInput {
  return config;
}
