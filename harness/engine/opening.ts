import { monotonicUs, systemClock } from '../base/clock.ts';
import { US_PER_MS } from '../base/units.ts';
import type { Connection } from './connection.ts';

/** Connects that are under way at the same time: fewer than the shortest usual backlog of a listening socket. */
const CONCURRENT_CONNECTS = 100;
/** Opening ahead is a courtesy to the first requests: what is not open by then is opened by its first request. */
const OPENING_LIMIT_US = 10_000_000;
const POLL_MS = 2;

/**
 * Opens all connections before the first request, a bounded number at a time, so that no sample pays for a crowd at the
 * door. Returns when each is open or has failed once, at the latest after ten seconds.
 */
export async function openConnections(
  connections: readonly Connection[],
  connectTimeoutMs: number,
): Promise<void> {
  const deadlineUs = monotonicUs() + OPENING_LIMIT_US;
  let next = 0;
  for (;;) {
    const nowUs = monotonicUs();
    let pending = connections.slice(0, next).filter((connection) => connection.isConnecting).length;
    for (; pending < CONCURRENT_CONNECTS && next < connections.length; pending++) {
      connections[next++]?.open(nowUs, nowUs + connectTimeoutMs * US_PER_MS);
    }
    if ((pending === 0 && next === connections.length) || nowUs >= deadlineUs) return;
    await systemClock.sleep(POLL_MS);
  }
}
