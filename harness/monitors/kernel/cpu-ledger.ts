import { TICK_NS } from './proc-text.ts';
import type { ProcessSighting } from './process-cpu.ts';

/**
 * `stat` shows user and system time, each cut to whole ticks, so that the difference of two reads is known to ±2 ticks.
 * Both derive from the same exact run time as `schedstat` (the kernel scales its tick samples to it).
 */
const SLACK_NS = 2 * TICK_NS;

interface Ticks {
  user: number;
  own: number;
  /** Of descendants that ended and were waited for. */
  children: number;
}

interface Account {
  parentPid: number;
  first: Ticks;
  last: Ticks;
  /** All the CPU time that it had used when first seen. */
  baseNs: number;
  /** Sum of what its threads were seen to use since then: a lower bound, exact while no thread ends. */
  seenNs: number;
  threadNs: ReadonlyMap<number, number>;
  threadsEnded: number;
  ended: boolean;
  /** Children that ended and left their time here, and what was seen of it. */
  endedChildren: number;
  endedChildrenNs: number;
}

export interface LedgerTotal {
  totalNs: number;
  /** Split as the kernel's ticks of the same processes divide; null before the first tick. */
  userNs: number | null;
  systemNs: number | null;
  /** Bound of the error by ticks, in ns: 0 while everything was read exactly. */
  errorNs: number;
  /** Processes that ended without leaving their time to any of the others. */
  uncollected: number;
}

/**
 * CPU time of a set of processes since the first look, to which threads and processes may come and go.
 *
 * What is alive is exact: ns of each thread from `schedstat`. A thread that ends between two looks takes its last ns
 * with it; the ticks of its process, which include it, then bound the loss. A process that ends leaves its time to the
 * parent that waits for it (`cutime`, `cstime`): what that holds beyond what was seen of the child is added. A
 * child that no parent waits for loses what it used after the last look, and is reported as uncollected.
 */
export class CpuLedger {
  /** By pid; a reused pid displaces the ended process that had it. */
  readonly #current = new Map<number, { startTicks: number; account: Account }>();
  readonly #accounts: Account[] = [];
  #orphans = 0;
  #begun = false;

  /** Books one look at all processes there are; those of earlier looks that are missing have ended. */
  book(sightings: readonly ProcessSighting[]): void {
    const seen = new Set<Account>();
    for (const sighting of sightings) seen.add(this.#bookOne(sighting));
    const ended = this.#accounts.filter((account) => !account.ended && !seen.has(account));
    for (const account of ended) account.ended = true;
    for (const account of ended) this.#leaveToParent(account);
    this.#begun = true;
  }

  total(): LedgerTotal {
    let [totalNs, errorNs, userTicks, ownTicks] = [0, 0, 0, 0];
    let uncollected = this.#orphans;
    for (const account of this.#accounts) {
      const own = ownTime(account);
      const late = lateTime(account);
      totalNs += own.ns + late.ns;
      errorNs += own.errorNs + late.errorNs;
      uncollected += late.uncollected;
      userTicks += account.last.user - account.first.user;
      ownTicks += account.last.own - account.first.own;
    }
    const userNs = ownTicks > 0 ? (totalNs * userTicks) / ownTicks : null;
    return { totalNs, userNs, systemNs: userNs === null ? null : totalNs - userNs, errorNs, uncollected };
  }

  #bookOne(sighting: ProcessSighting): Account {
    const { pid, startTicks } = sighting.stat;
    const known = this.#current.get(pid);
    if (known?.startTicks === startTicks) {
      advance(known.account, sighting);
      return known.account;
    }
    const account = this.#begun ? newborn(sighting) : existing(sighting);
    this.#current.set(pid, { startTicks, account });
    this.#accounts.push(account);
    return account;
  }

  /** A parent that ended at the same time handed on to its own parent what it had collected. */
  #leaveToParent(account: Account): void {
    let heir = this.#current.get(account.parentPid)?.account;
    // Reused pids could close a circle of ended processes; no real ancestry is that deep.
    for (let depth = 0; heir?.ended && depth < 64; depth++) heir = this.#current.get(heir.parentPid)?.account;
    if (heir === undefined || heir.ended) {
      this.#orphans += 1;
      return;
    }
    heir.endedChildren += 1;
    heir.endedChildrenNs += account.baseNs + ownTime(account).ns + account.last.children * TICK_NS;
  }
}

function ticksOf({ stat }: ProcessSighting): Ticks {
  return {
    user: stat.userTicks,
    own: stat.userTicks + stat.systemTicks,
    children: stat.childUserTicks + stat.childSystemTicks,
  };
}

function sum(threadNs: ReadonlyMap<number, number>): number {
  return [...threadNs.values()].reduce((total, ns) => total + ns, 0);
}

function existing(sighting: ProcessSighting): Account {
  const ticks = ticksOf(sighting);
  return {
    parentPid: sighting.stat.parentPid,
    first: ticks,
    last: ticks,
    baseNs: Math.max(sum(sighting.threadNs), ticks.own * TICK_NS),
    seenNs: 0,
    threadNs: sighting.threadNs,
    threadsEnded: 0,
    ended: false,
    endedChildren: 0,
    endedChildrenNs: 0,
  };
}

/** A process that began after the first look: all that it used counts. */
function newborn(sighting: ProcessSighting): Account {
  return {
    ...existing(sighting),
    first: { user: 0, own: 0, children: 0 },
    baseNs: 0,
    seenNs: sum(sighting.threadNs),
  };
}

function advance(account: Account, sighting: ProcessSighting): void {
  for (const [tid, ns] of sighting.threadNs) {
    const before = account.threadNs.get(tid) ?? 0;
    // A smaller value is another thread under a reused id.
    account.seenNs += ns >= before ? ns - before : ns;
  }
  for (const tid of account.threadNs.keys()) if (!sighting.threadNs.has(tid)) account.threadsEnded += 1;
  account.parentPid = sighting.stat.parentPid;
  account.threadNs = sighting.threadNs;
  account.last = ticksOf(sighting);
}

/** CPU time of the process itself since the first look: exact unless threads ended, seen or unseen. */
function ownTime({ first, last, seenNs, threadsEnded }: Account): { ns: number; errorNs: number } {
  const ticksNs = (last.own - first.own) * TICK_NS;
  if (threadsEnded === 0 && ticksNs - SLACK_NS <= seenNs) return { ns: seenNs, errorNs: 0 };
  return { ns: Math.max(seenNs, ticksNs), errorNs: SLACK_NS };
}

/** What ended children used after they were last seen, as their parent collected it. */
function lateTime(account: Account): { ns: number; errorNs: number; uncollected: number } {
  const collectedNs = (account.last.children - account.first.children) * TICK_NS;
  if (collectedNs === 0 && account.endedChildren === 0) return { ns: 0, errorNs: 0, uncollected: 0 };
  const lateNs = collectedNs - account.endedChildrenNs;
  if (lateNs < -SLACK_NS) return { ns: 0, errorNs: SLACK_NS, uncollected: account.endedChildren };
  return { ns: Math.max(0, lateNs), errorNs: SLACK_NS, uncollected: 0 };
}
