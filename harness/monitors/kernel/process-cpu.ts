import type { KernelFile, KernelFiles } from './kernel-files.ts';
import { parseProcessStat, parseSchedstatNs, type ProcessStat } from './proc-text.ts';
import { attempt } from './readable.ts';

/** CPU time of one process as seen at one moment. */
export interface ProcessSighting {
  stat: ProcessStat;
  /** Of each thread alive: thread id -> ns. Empty where the kernel keeps no `schedstat`. */
  threadNs: ReadonlyMap<number, number>;
}

/** Keeps the files of one process and its threads open, and lists its threads again only when they have changed. */
export class ProcessCpu {
  readonly #files: KernelFiles;
  readonly #pid: number;
  readonly #stat: KernelFile;
  readonly #threads = new Map<number, KernelFile>();

  /** Throws `Unreadable` where the process is gone already. */
  constructor(files: KernelFiles, pid: number) {
    this.#files = files;
    this.#pid = pid;
    this.#stat = files.open(`/proc/${pid}/stat`);
  }

  /** Throws `Unreadable` once the process is gone. */
  sight(): ProcessSighting {
    const stat = parseProcessStat(this.#stat.read());
    const threadNs = new Map<number, number>();
    for (const tid of this.#threads.keys()) this.#readThread(tid, threadNs);
    if (threadNs.size !== stat.threads) {
      const listed = attempt(() => this.#files.list(`/proc/${this.#pid}/task`));
      for (const name of listed.ok ? listed.value : []) this.#openThread(Number(name), threadNs);
    }
    return { stat, threadNs };
  }

  close(): void {
    this.#stat.close();
    for (const file of this.#threads.values()) file.close();
    this.#threads.clear();
  }

  #openThread(tid: number, threadNs: Map<number, number>): void {
    if (this.#threads.has(tid)) return;
    const file = attempt(() => this.#files.open(`/proc/${this.#pid}/task/${tid}/schedstat`));
    if (!file.ok) return;
    this.#threads.set(tid, file.value);
    this.#readThread(tid, threadNs);
  }

  #readThread(tid: number, threadNs: Map<number, number>): void {
    const file = this.#threads.get(tid);
    if (file === undefined) return;
    const ns = attempt(() => parseSchedstatNs(file.read()));
    if (ns.ok) {
      threadNs.set(tid, ns.value);
    } else {
      file.close();
      this.#threads.delete(tid);
    }
  }
}
