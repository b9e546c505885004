import { z } from '../base/schema.ts';
import { idSchema } from './scenario.ts';

export const argvSchema = z
  .array(
    z
      .string()
      .min(1)
      .regex(/^[^\0]*$/, 'must not hold NUL'),
  )
  .min(1)
  .max(64);

/** Variables of a process: what the kernel could not pass on is refused here, where it can be named. */
const environmentVariablesSchema = z.record(
  z.string().regex(/^[^=\0]{1,200}$/, 'is not the name of a variable'),
  z.string().regex(/^[^\0]*$/, 'must not hold NUL'),
);

export const targetFileSchema = z.strictObject({
  id: idSchema,
  name: z.string().min(1).max(60),
  language: z.string().min(1).max(30),
  framework: z.string().min(1).max(60),
  homepage: z.string().max(200).optional(),
  /** How to make the artifacts from source; null where nothing is to be built. */
  build: z
    .strictObject({
      needs: z.array(z.string().min(1).max(30)).max(8),
      command: argvSchema,
      env: environmentVariablesSchema.default({}),
      /** What the build reads, relative to the folder; it is skipped while these are unchanged. */
      inputs: z.array(z.string().min(1)).min(1),
      /** What must exist for the target to run, relative to the folder. */
      artifacts: z.array(z.string().min(1)).min(1),
    })
    .nullable(),
  run: z.strictObject({
    command: argvSchema,
    env: environmentVariablesSchema.default({}),
    /** A server that starts a thread for each connection says so: its container may then have that many. */
    threads: z.literal('per-connection').optional(),
  }),
  image: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._/:@-]{0,254}$/, 'is not an image reference')
    .nullable(),
  scenarios: z.array(idSchema).min(1),
});

/** A server under test as its `target.json` states it, with the absolute folder it stands in. */
export type TargetSpec = z.infer<typeof targetFileSchema> & { folder: string };

export type LauncherId = 'process' | 'docker';

/** Loopback address that a started target listens on. */
export interface TargetAddress {
  host: string;
  port: number;
}

/** Where the kernel accounts for a running target. */
export type ResourceScope =
  | { kind: 'process-group'; leaderPid: number }
  | { kind: 'container'; containerId: string; initPid: number };

export interface TargetExit {
  exitCode: number | null;
  signal: string | null;
  oomKilled: boolean;
}
