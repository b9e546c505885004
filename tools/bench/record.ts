import { z } from '../../harness/base/schema.ts';

const figureSchema = z.strictObject({
  id: z.string(),
  title: z.string(),
  unit: z.string(),
  samples: z.array(z.number()),
  goal: z.strictObject({ bound: z.enum(['at least', 'at most']), value: z.number() }).nullable(),
  missing: z.string().nullable(),
});

const partRecordSchema = z.strictObject({
  id: z.string(),
  title: z.string(),
  pressureBefore: z.string().nullable(),
  pressureAfter: z.string().nullable(),
  pressureShare: z.number().nullable(),
  foreignCores: z.number(),
  disturbed: z.string().nullable(),
  figures: z.array(figureSchema),
});

/** One run of the benchmark, as it is stored under results/bench. */
export const benchRecordSchema = z.strictObject({
  schemaVersion: z.literal(2),
  at: z.string(),
  machine: z.string(),
  kernel: z.string(),
  node: z.string(),
  commit: z.string().nullable(),
  command: z.string(),
  rounds: z.int(),
  parts: z.array(partRecordSchema),
});
export type BenchRecord = z.infer<typeof benchRecordSchema>;
export type PartRecord = z.infer<typeof partRecordSchema>;
