import { z } from '../base/schema.ts';

/** What a figure depends on and a reader must know. The fingerprint decides whether two sessions may be compared. */
export const environmentSchema = z.strictObject({
  /** SHA-256 over the stable parts: never MHz, host name or load. */
  fingerprint: z.string(),
  os: z.string(),
  kernel: z.string(),
  architecture: z.string(),
  cpuModel: z.string(),
  logicalCpus: z.int(),
  /** CPUs that the control group allows, in cores; null without a quota. */
  cpuQuotaCores: z.number().nullable(),
  smt: z.boolean().nullable(),
  hypervisor: z.string().nullable(),
  memoryBytes: z.number(),
  cgroup: z.enum(['v1', 'v2', 'hybrid', 'none']),
  governor: z.string().nullable(),
  node: z.string(),
  docker: z.string().nullable(),
  somaxconn: z.int().nullable(),
  openFilesLimit: z.int().nullable(),
  gitCommit: z.string().nullable(),
  /** What makes this machine a poor place to measure, one sentence each. */
  warnings: z.array(z.string()),
});
export type Environment = z.infer<typeof environmentSchema>;
