import { describe, expect, it } from 'vitest';
import { CpuLedger } from '../../../harness/monitors/kernel/cpu-ledger.ts';
import { parseProcessStat } from '../../../harness/monitors/kernel/proc-text.ts';
import type { ProcessSighting } from '../../../harness/monitors/kernel/process-cpu.ts';
import { type StatFields, statLine } from '../support/fixture-tree.ts';

const MS = 1_000_000;

/** A process whose threads have used so many ms each. */
function process(fields: StatFields, threadsMs: Record<number, number>): ProcessSighting {
  return {
    stat: parseProcessStat(statLine(fields)),
    threadNs: new Map(Object.entries(threadsMs).map(([tid, ms]) => [Number(tid), ms * MS])),
  };
}

function totalAfter(...looks: ProcessSighting[][]): ReturnType<CpuLedger['total']> {
  const ledger = new CpuLedger();
  for (const look of looks) ledger.book(look);
  return ledger.total();
}

describe('the ledger of CPU time', () => {
  it('counts from the first look on', () => {
    expect(totalAfter([process({ pid: 10, user: 100 }, { 10: 1_000 })]).totalNs).toBe(0);
  });

  it('is exact to the ns while nothing ends, whatever the ticks say', () => {
    const total = totalAfter(
      [process({ pid: 10, user: 100, system: 20 }, { 10: 1_000, 11: 203.5 })],
      [process({ pid: 10, user: 101, system: 20 }, { 10: 1_007.25, 11: 203.5 })],
    );
    expect(total).toMatchObject({ totalNs: 7.25 * MS, errorNs: 0, uncollected: 0 });
  });

  it('counts a thread that began after the first look from its beginning', () => {
    const total = totalAfter([process({ pid: 10 }, { 10: 5 })], [process({ pid: 10 }, { 10: 5, 11: 3 })]);
    expect(total.totalNs).toBe(3 * MS);
  });

  it('counts a thread under a reused id from its beginning', () => {
    const total = totalAfter(
      [process({ pid: 10 }, { 10: 5, 11: 9 })],
      [process({ pid: 10 }, { 10: 5, 11: 4 })],
    );
    expect(total.totalNs).toBe(4 * MS);
  });

  it('takes the ticks of the process where a thread was seen to end', () => {
    const total = totalAfter(
      [process({ pid: 10, user: 10 }, { 10: 50, 11: 50 })],
      [process({ pid: 10, user: 18 }, { 10: 70 })],
    );
    expect(total).toMatchObject({ totalNs: 80 * MS, errorNs: 20 * MS });
  });

  it('finds by the ticks that a thread came and went unseen', () => {
    const total = totalAfter(
      [process({ pid: 10, user: 10 }, { 10: 100 })],
      [process({ pid: 10, user: 60 }, { 10: 110 })],
    );
    expect(total).toMatchObject({ totalNs: 500 * MS, errorNs: 20 * MS });
  });

  it('never falls below what was seen of a thread that ended', () => {
    const total = totalAfter(
      [process({ pid: 10, user: 1 }, { 10: 10, 11: 0 })],
      [process({ pid: 10, user: 2 }, { 10: 10, 11: 18 })],
      [process({ pid: 10, user: 2 }, { 10: 10 })],
    );
    expect(total.totalNs).toBe(18 * MS);
  });

  it('G12 adds what a child used after it was last seen, from what its parent collected', () => {
    const total = totalAfter(
      [process({ pid: 10 }, { 10: 0 }), process({ pid: 20, parent: 10, user: 5 }, { 20: 50 })],
      [process({ pid: 10 }, { 10: 2 }), process({ pid: 20, parent: 10, user: 15 }, { 20: 150 })],
      [process({ pid: 10, childUser: 20, childSystem: 1 }, { 10: 3 })],
    );
    // 3 of the parent, 100 seen of the child, and 210 - 150 that only the parent knows of.
    expect(total).toMatchObject({ totalNs: 163 * MS, errorNs: 20 * MS, uncollected: 0 });
  });

  it('G12 counts children that nobody ever saw', () => {
    const total = totalAfter(
      [process({ pid: 10, childUser: 7 }, { 10: 0 })],
      [process({ pid: 10, childUser: 37 }, { 10: 0 })],
    );
    expect(total).toMatchObject({ totalNs: 300 * MS, errorNs: 20 * MS });
  });

  it('counts a whole branch that ends at once a single time', () => {
    const total = totalAfter(
      [process({ pid: 10 }, { 10: 0 })],
      [
        process({ pid: 10 }, { 10: 0 }),
        process({ pid: 20, parent: 10, user: 10 }, { 20: 100 }),
        process({ pid: 30, parent: 20, user: 20 }, { 30: 200 }),
      ],
      [process({ pid: 10, childUser: 31 }, { 10: 0 })],
    );
    expect(total).toMatchObject({ totalNs: 310 * MS, uncollected: 0 });
  });

  it('counts a grandchild that its parent collected before that parent ended a single time', () => {
    const master = (childUser: number) => process({ pid: 10, childUser }, { 10: 0 });
    const total = totalAfter(
      [master(0)],
      [
        master(0),
        process({ pid: 20, parent: 10, user: 10 }, { 20: 100 }),
        process({ pid: 30, parent: 20, user: 20 }, { 30: 200 }),
      ],
      [master(0), process({ pid: 20, parent: 10, user: 10, childUser: 20 }, { 20: 100 })],
      [master(30)],
    );
    expect(total).toMatchObject({ totalNs: 300 * MS, uncollected: 0 });
  });

  it('reports a child that no parent collected, and keeps what was seen of it', () => {
    const total = totalAfter(
      [process({ pid: 10 }, { 10: 0 }), process({ pid: 20, parent: 10 }, { 20: 0 })],
      [process({ pid: 10 }, { 10: 0 }), process({ pid: 20, parent: 10, user: 9 }, { 20: 90 })],
      [process({ pid: 10 }, { 10: 0 })],
    );
    expect(total).toMatchObject({ totalNs: 90 * MS, uncollected: 1 });
  });

  it('reports a process that another one outside adopted and collected', () => {
    const total = totalAfter(
      [process({ pid: 10 }, { 10: 0 }), process({ pid: 20, parent: 1 }, { 20: 0 })],
      [process({ pid: 10 }, { 10: 0 })],
    );
    expect(total.uncollected).toBe(1);
  });

  it('takes a reused pid for the new process that it is', () => {
    const total = totalAfter(
      [process({ pid: 10 }, { 10: 0 }), process({ pid: 20, parent: 10, user: 50, start: 1 }, { 20: 500 })],
      [process({ pid: 10, childUser: 50 }, { 10: 0 }), process({ pid: 20, parent: 10, start: 2 }, { 20: 4 })],
    );
    expect(total).toMatchObject({ totalNs: 4 * MS, uncollected: 0 });
  });

  it('divides time as the ticks divide, and not before there are any', () => {
    const first = process({ pid: 10, user: 10, system: 10 }, { 10: 200 });
    expect(totalAfter([first]).userNs).toBeNull();
    const total = totalAfter([first], [process({ pid: 10, user: 16, system: 12 }, { 10: 280 })]);
    expect(total).toMatchObject({ userNs: 60 * MS, systemNs: 20 * MS });
  });
});
