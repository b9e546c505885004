import type { ResourceScope } from '../model/target.ts';
import type { CgroupMemoryReading, CpuTimes } from './kernel/counters.ts';
import type { KernelFiles } from './kernel/kernel-files.ts';

/**
 * What the kernel books for one target, and for nothing else. Methods throw `Unreadable` for what it does not tell.
 * Figures are cumulative: a window is the difference of two reads.
 */
export interface Accounting {
  /** What is read, as records name it. */
  readonly source: string;
  /** Looks for processes that have come or gone; the more costly part, done less often than reading. */
  refresh(): void;
  /** Processes of the target, as of the last refresh. */
  pids(): readonly number[];
  /** False once nothing of the target is left to run, as of the last refresh. */
  alive(): boolean;
  cpu(): CpuTimes;
  memory(): CgroupMemoryReading;
  /** What weakens the figures since the first read of `cpu`; what is lost begins with `partial:`. */
  notes(): string[];
  close(): void;
}

/** One way to account for a target; sources are tried in the order of the registry, and the first that opens is used. */
export interface AccountingSource {
  readonly id: string;
  /** Throws `Unreadable` with the reason where it cannot account for this target here. */
  open(files: KernelFiles, scope: ResourceScope): Accounting;
}
