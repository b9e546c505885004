import type { Accounting, AccountingSource } from './accounting.ts';
import { CpuLedger } from './kernel/cpu-ledger.ts';
import type { KernelFiles } from './kernel/kernel-files.ts';
import { hasEnded, TICK_NS } from './kernel/proc-text.ts';
import { ProcessCpu, type ProcessSighting } from './kernel/process-cpu.ts';
import { ProcessTree } from './kernel/process-tree.ts';
import { attempt, Unreadable } from './kernel/readable.ts';

/** The leader's process group and all its descendants, read from `/proc`. */
export const procTree: AccountingSource = {
  id: 'proc-tree',
  open: (files, scope) => {
    const leaderPid = scope.kind === 'container' ? scope.initPid : scope.leaderPid;
    files.text(`/proc/${leaderPid}/stat`);
    return new ProcessTreeAccounting(files, leaderPid);
  },
};

class ProcessTreeAccounting implements Accounting {
  readonly source = 'proc-tree';
  readonly #files: KernelFiles;
  readonly #tree: ProcessTree;
  readonly #ledger = new CpuLedger();
  readonly #processes = new Map<number, ProcessCpu>();
  #sightings: ProcessSighting[] = [];

  constructor(files: KernelFiles, leaderPid: number) {
    this.#files = files;
    this.#tree = new ProcessTree(files, leaderPid);
  }

  refresh(): void {
    this.#tree.refresh();
    for (const pid of this.#tree.pids()) {
      if (this.#processes.has(pid)) continue;
      const process = attempt(() => new ProcessCpu(this.#files, pid));
      if (process.ok) this.#processes.set(pid, process.value);
    }
    this.#sightings = this.#look();
  }

  pids(): readonly number[] {
    return this.#tree.pids();
  }

  alive(): boolean {
    return this.#sightings.some(({ stat }) => !hasEnded(stat));
  }

  cpu(): ReturnType<CpuLedger['total']> {
    this.#sightings = this.#look();
    if (this.#sightings.length === 0) throw new Unreadable('no process of the target is left');
    if (this.#sightings.every(({ threadNs }) => threadNs.size === 0)) {
      throw new Unreadable('no thread of the target has a readable /proc/<pid>/task/<tid>/schedstat');
    }
    this.#ledger.book(this.#sightings);
    return this.#ledger.total();
  }

  memory(): never {
    throw new Unreadable('the kernel charges page cache to control groups, not to processes');
  }

  notes(): string[] {
    const { errorNs, uncollected } = this.#ledger.total();
    const notes: string[] = [];
    if (errorNs > 0) {
      notes.push(
        `threads or processes ended inside the window: CPU time is known to ±${errorNs / 1e6} ms (ticks of ${TICK_NS / 1e6} ms)`,
      );
    }
    if (uncollected > 0) {
      notes.push(
        `partial: ${uncollected} processes ended inside the window and no parent collected their CPU time; what they used after the last sample is missing`,
      );
    }
    return notes;
  }

  close(): void {
    for (const process of this.#processes.values()) process.close();
    this.#processes.clear();
  }

  #look(): ProcessSighting[] {
    const sightings: ProcessSighting[] = [];
    for (const [pid, process] of this.#processes) {
      const sighting = attempt(() => process.sight());
      if (sighting.ok) {
        sightings.push(sighting.value);
      } else {
        process.close();
        this.#processes.delete(pid);
      }
    }
    return sightings;
  }
}
