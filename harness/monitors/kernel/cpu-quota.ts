import { posix } from 'node:path';
import { missing, read, type ResourceUsage } from '../../model/resources.ts';
import { type CgroupFolder, locateCgroup } from './cgroup-path.ts';
import type { KernelFiles } from './kernel-files.ts';
import { keyedNumber } from './proc-text.ts';
import { attempt } from './readable.ts';

type CpuQuota = NonNullable<ResourceUsage['cpuQuota']>;

/** A quota of a control group, and its cumulative counts: periods in which the group ran, and those in which it ran out. */
export interface QuotaReading {
  cores: number;
  periods: number | null;
  throttledPeriods: number | null;
}

/**
 * The tightest CPU quota over the control group of a process and those above it (v2 `cpu.max`, v1 `cpu.cfs_quota_us`; Linux
 * Documentation/scheduler/sched-bwc), null without one. Groups that hold the harness as well are left out: what they
 * allow is not the target's alone.
 */
export function readCpuQuota(files: KernelFiles, pid: number): QuotaReading | null {
  const folder = attempt(() => locateCgroup(files, pid, 'cpu'));
  if (!folder.ok) return null;
  const own = attempt(() => locateCgroup(files, process.pid, 'cpu'));
  const quotas = lineage(folder.value.path)
    .filter((path) => !own.ok || !isWithin(own.value.path, path))
    .flatMap((path) => quotaOf(files, { ...folder.value, path }));
  return quotas.toSorted((a, b) => a.cores - b.cores)[0] ?? null;
}

/** What a record shows of two reads of the same quota; nothing where there was none at either end. */
export function cpuQuotaBetween(
  before: QuotaReading | null,
  after: QuotaReading | null,
): { cpuQuota?: CpuQuota } {
  if (before === null || after === null) return {};
  return { cpuQuota: { cores: after.cores, throttledShare: throttledShare(before, after) } };
}

function throttledShare(before: QuotaReading, after: QuotaReading): CpuQuota['throttledShare'] {
  if (before.periods === null || after.periods === null) return missing('cpu.stat counts no periods');
  const periods = after.periods - before.periods;
  if (periods <= 0) return missing('no period of the quota ended within the window');
  return read(((after.throttledPeriods ?? 0) - (before.throttledPeriods ?? 0)) / periods);
}

/** `/a/b` -> `/a/b`, `/a`. */
function lineage(path: string): string[] {
  return path === '/' || path === '.' ? [] : [path, ...lineage(posix.dirname(path))];
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

function quotaOf(files: KernelFiles, { version, path }: CgroupFolder): QuotaReading[] {
  const text = attempt(() =>
    version === 2
      ? files.text(`${path}/cpu.max`)
      : `${files.text(`${path}/cpu.cfs_quota_us`)} ${files.text(`${path}/cpu.cfs_period_us`)}`,
  );
  if (!text.ok) return [];
  // `max` and -1 stand for no quota.
  const [quotaUs = Number.NaN, periodUs = Number.NaN] = text.value.trim().split(/\s+/).map(Number);
  if (!(quotaUs > 0 && periodUs > 0)) return [];
  const stat = attempt(() => files.text(`${path}/cpu.stat`));
  const count = (name: string): number | null => (stat.ok ? keyedNumber(stat.value, name) : null);
  return [
    { cores: quotaUs / periodUs, periods: count('nr_periods'), throttledPeriods: count('nr_throttled') },
  ];
}
