import type { KernelFiles } from './kernel-files.ts';
import { parseProcessStat, type ProcessStat } from './proc-text.ts';
import { attempt } from './readable.ts';

/** Every pid that `/proc` lists now. */
function listPids(files: KernelFiles): number[] {
  return files
    .list('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function statOf(files: KernelFiles, pid: number): ProcessStat[] {
  const stat = attempt(() => parseProcessStat(files.text(`/proc/${pid}/stat`)));
  return stat.ok ? [stat.value] : [];
}

/** One look at all processes of the machine. */
export function scanProcesses(files: KernelFiles): ProcessStat[] {
  return listPids(files).flatMap((pid) => statOf(files, pid));
}

/** A process and its descendants, as far as they stand in the list; those in `except` are left out with theirs. */
export function descendantsOf(
  processes: readonly ProcessStat[],
  rootPid: number,
  except: ReadonlySet<number>,
): ProcessStat[] {
  const children = Map.groupBy(processes, ({ parentPid }) => parentPid);
  const found = processes.filter(({ pid }) => pid === rootPid);
  for (const { pid } of found) {
    found.push(...(children.get(pid) ?? []).filter((child) => !except.has(child.pid)));
  }
  return found;
}

/**
 * The processes of a target: its leader, all of the leader's process group or session, and all descendants of these.
 * Once seen, a process stays a member, also when its parent ends and another adopts it.
 * A daemon that forks twice, starts a session of its own and loses its parent between two looks is not found.
 */
export class ProcessTree {
  readonly #files: KernelFiles;
  readonly #leaderPid: number;
  #members = new Set<number>();
  /** Pids known to be foreign, so that only new ones are looked at. */
  #strangers = new Set<number>();

  constructor(files: KernelFiles, leaderPid: number) {
    this.#files = files;
    this.#leaderPid = leaderPid;
  }

  refresh(): void {
    const listed = listPids(this.#files);
    const members = new Set(listed.filter((pid) => this.#members.has(pid)));
    const strangers = new Set(listed.filter((pid) => this.#strangers.has(pid)));
    let unknown = listed
      .filter((pid) => !members.has(pid) && !strangers.has(pid))
      .flatMap((pid) => statOf(this.#files, pid));
    // Pids wrap around, so that a child may be listed before its parent: repeat until nothing more is found.
    for (let before = -1; before !== members.size; ) {
      before = members.size;
      for (const stat of unknown) if (this.#belongs(stat, members)) members.add(stat.pid);
      unknown = unknown.filter(({ pid }) => !members.has(pid));
    }
    for (const { pid } of unknown) strangers.add(pid);
    this.#members = members;
    this.#strangers = strangers;
  }

  pids(): readonly number[] {
    return [...this.#members];
  }

  #belongs({ pid, parentPid, groupId, sessionId }: ProcessStat, members: ReadonlySet<number>): boolean {
    const leader = this.#leaderPid;
    return pid === leader || groupId === leader || sessionId === leader || members.has(parentPid);
  }
}
