import { parseDurationMs } from '../base/units.ts';
import { z } from '../base/schema.ts';

/** Ids become file names, table cells and container names: a narrow alphabet leaves nothing to escape. */
export const idSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'must be 1 to 63 of a-z 0-9 . _ -, starting with a letter or digit')
  .refine((id) => !/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/.test(id), 'is a reserved file name');

/** A duration with its unit, as text in files, in ms in memory. */
export function durationSchema(minMs: number, maxMs: number): z.ZodType<number, string> {
  return z.string().transform((text, context) => {
    const ms = parseDurationMs(text);
    if (ms === null) context.addIssue('must be a duration with a unit, as 500ms, 10s or 2m');
    else if (ms < minMs || ms > maxMs) context.addIssue(`must lie between ${minMs}ms and ${maxMs}ms`);
    return ms ?? z.NEVER;
  });
}

const CONTROLLED_HEADERS = new Set(['host', 'content-length', 'transfer-encoding', 'connection']);

const headerNameSchema = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/, 'is not an HTTP header name')
  .refine(
    (name) => !CONTROLLED_HEADERS.has(name.toLowerCase()),
    'is set by the driver and cannot be overridden',
  );

const headerValueSchema = z.string().regex(/^[\t\x20-\x7e]{0,4000}$/, 'must be printable ASCII on one line');

export const requestSchema = z.strictObject({
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']).default('GET'),
  path: z.string().regex(/^\/[\x21-\x7e]{0,2000}$/, 'must start with / and hold no spaces'),
  headers: z.record(headerNameSchema, headerValueSchema).default({}),
  body: z.string().max(1_048_576).nullable().default(null),
});

export const expectationSchema = z.strictObject({
  status: z.int().min(200).max(599).default(200),
  headers: z.record(z.string(), z.string()).default({}),
  /** The exact body: its length, and the SHA-256 of its bytes in hex; null accepts any. */
  bodyBytes: z.int().min(0).nullable().default(null),
  bodySha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'must be 64 hex digits')
    .nullable()
    .default(null),
});

export const loopSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('closed') }),
  z.strictObject({
    kind: z.literal('open'),
    rateRps: z.number().positive().max(10_000_000),
    arrivals: z.enum(['constant', 'poisson']).default('constant'),
  }),
]);

export const scenarioSchema = z.strictObject({
  id: idSchema,
  title: z.string().min(1).max(80),
  request: requestSchema,
  expect: expectationSchema,
  loop: loopSchema.default({ kind: 'closed' }),
  connections: z.int().min(1).max(100_000).default(64),
  /** Shortest warm-up; the drift test may extend it up to `warmupMax`. */
  warmup: durationSchema(0, 600_000),
  warmupMax: durationSchema(0, 600_000),
  measure: durationSchema(100, 3_600_000),
  drain: durationSchema(0, 60_000),
  requestTimeout: durationSchema(10, 600_000),
});

/** The work asked of a target, as a scenario file states it; durations in ms. */
export type Scenario = z.infer<typeof scenarioSchema>;
export type Loop = Scenario['loop'];
