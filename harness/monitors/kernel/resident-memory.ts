import { KIB } from '../../base/units.ts';
import type { KernelFile, KernelFiles } from './kernel-files.ts';
import { keyedNumber } from './proc-text.ts';
import { attempt, Unreadable } from './readable.ts';

/** Resident memory of a set of processes at one moment. */
export interface MemorySample {
  processes: number;
  threads: number;
  /** Sum of VmRSS: anonymous, shared and mapped file pages. */
  rssBytes: number;
  /** Sum of VmHWM: with several processes an upper bound of the highest sum, as they need not peak together. */
  highWaterBytes: number;
  /** The most that can be counted more than once in `rssBytes`: file and shared pages of all processes but the largest. */
  sharedAtMostBytes: number;
}

interface Watched {
  file: KernelFile;
  /** High-water mark at the reset, where the kernel refused to reset it; else null. */
  staleHighWaterBytes: number | null;
}

/**
 * Memory is VmRSS, for processes and containers alike, so that the two launchers can be compared. It includes the pages of
 * mapped files (the program and its libraries), but not the page cache of files that are read or sent.
 * Some kernels from 6.2 on keep these counters per CPU and may be off by some 128 KiB for each CPU.
 */
export class ResidentMemory {
  readonly #files: KernelFiles;
  readonly #watched = new Map<number, Watched>();
  #unresettable: string | null = null;
  #refusal = 'there is none';

  constructor(files: KernelFiles) {
    this.#files = files;
  }

  follow(pids: readonly number[]): void {
    for (const pid of pids) {
      if (this.#watched.has(pid)) continue;
      const file = attempt(() => this.#files.open(`/proc/${pid}/status`));
      if (file.ok) this.#watched.set(pid, { file: file.value, staleHighWaterBytes: null });
      else this.#refusal = file.reason;
    }
  }

  /** Sets each high-water mark to the present, so that it later tells of the window alone. Needs to own the processes. */
  resetHighWater(): void {
    for (const [pid, watched] of this.#watched) {
      const reset = attempt(() => this.#files.write(`/proc/${pid}/clear_refs`, '5'));
      if (reset.ok) continue;
      const text = attempt(() => watched.file.read());
      watched.staleHighWaterBytes = text.ok ? kibibytes(text.value, 'VmHWM') : null;
      this.#unresettable = reset.reason;
    }
  }

  /** Why the peak may date from before the window, or null: a mark that has risen since is of the window. */
  stalePeak(): string | null {
    const stale = [...this.#watched.values()].some(({ file, staleHighWaterBytes }) => {
      const text = attempt(() => file.read());
      return (
        text.ok && staleHighWaterBytes !== null && kibibytes(text.value, 'VmHWM') === staleHighWaterBytes
      );
    });
    return stale ? this.#unresettable : null;
  }

  /** Throws `Unreadable` where no process has memory that can be read. */
  sample(): MemorySample {
    const sample = { processes: 0, threads: 0, rssBytes: 0, highWaterBytes: 0, sharedAtMostBytes: 0 };
    let largestSharedBytes = 0;
    for (const [pid, { file }] of this.#watched) {
      const text = attempt(() => file.read());
      if (!text.ok) {
        this.#refusal = text.reason;
        file.close();
        this.#watched.delete(pid);
        continue;
      }
      const rssBytes = kibibytes(text.value, 'VmRSS');
      // A process that has ended but is not yet collected has no memory left.
      if (rssBytes === null) continue;
      const sharedBytes = (kibibytes(text.value, 'RssFile') ?? 0) + (kibibytes(text.value, 'RssShmem') ?? 0);
      sample.processes += 1;
      sample.threads += keyedNumber(text.value, 'Threads') ?? 0;
      sample.rssBytes += rssBytes;
      sample.highWaterBytes += kibibytes(text.value, 'VmHWM') ?? rssBytes;
      sample.sharedAtMostBytes += sharedBytes;
      largestSharedBytes = Math.max(largestSharedBytes, sharedBytes);
    }
    sample.sharedAtMostBytes -= largestSharedBytes;
    if (sample.processes === 0)
      throw new Unreadable(`no process of the target can be read (${this.#refusal})`);
    return sample;
  }

  close(): void {
    for (const { file } of this.#watched.values()) file.close();
    this.#watched.clear();
  }
}

function kibibytes(text: string, name: string): number | null {
  const value = keyedNumber(text, name);
  return value === null ? null : value * KIB;
}
