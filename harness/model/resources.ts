import { z } from '../base/schema.ts';

/** A reading, or null and why there is none; never 0 for something that was not read. */
export const readingSchema = z.union([
  z.strictObject({ value: z.number(), missing: z.null() }),
  z.strictObject({ value: z.null(), missing: z.string() }),
]);
export type Reading = z.infer<typeof readingSchema>;

export function read(value: number): Reading {
  return { value, missing: null };
}

export function missing(reason: string): Reading {
  return { value: null, missing: reason };
}

/** CPU and memory of a whole target (its cgroup or process tree) over exactly the measured window. */
export const resourceUsageSchema = z.strictObject({
  /** `cgroup-v1`, `cgroup-v2` or `proc-tree`: what was read. */
  source: z.string(),
  /** Length of the window over which CPU time was taken, in µs. */
  windowUs: z.number(),
  cpuNs: readingSchema,
  cpuUserNs: readingSchema,
  cpuSystemNs: readingSchema,
  memoryRssMeanBytes: readingSchema,
  /** The kernel's high-water mark of resident memory since the window began (or since start, when it cannot be reset). */
  memoryRssPeakBytes: readingSchema,
  /** Page cache charged to the target, apart from its memory. */
  pageCacheBytes: readingSchema,
  threads: readingSchema,
  /**
   * The tightest CPU quota that binds the target and not the harness, and the share of its periods in which it ran out;
   * absent where there is none.
   */
  cpuQuota: z.strictObject({ cores: z.number(), throttledShare: readingSchema }).exactOptional(),
  /** Periodic samples for charts: time since the window began, CPU share of one core, resident bytes. */
  series: z.array(
    z.strictObject({ tMs: z.number(), cpuCores: z.number().nullable(), rssBytes: z.number().nullable() }),
  ),
  notes: z.array(z.string()),
});
export type ResourceUsage = z.infer<typeof resourceUsageSchema>;

/** What else the machine did during the window. */
export const machineUsageSchema = z.strictObject({
  /** Share of the window in which some task waited for a CPU (PSI `some`, whole machine). */
  cpuPressureShare: readingSchema,
  /** PSI `some avg10` just before the trial, in percent. */
  cpuPressureAvg10Before: readingSchema,
  /** Share of CPU time that the hypervisor took. */
  stealShare: readingSchema,
  /** CPU time spent by anything but target and driver, in cores. */
  foreignCpuCores: readingSchema,
});
export type MachineUsage = z.infer<typeof machineUsageSchema>;
