import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../harness/base/clock.ts';
import { createWarmDynoDriver } from '../../../harness/drivers/dyno/warm-driver.ts';
import { imbalance } from '../../../harness/model/counts.ts';
import type { LoadOutcome } from '../../../harness/model/ports.ts';
import { loadRequestOf } from '../../../harness/session/load-request.ts';
import { scenario } from '../../support/factories.ts';

/** A server that counts its connections. */
async function countingServer(): Promise<{ port: number; connections: () => number }> {
  let connections = 0;
  const server = http.createServer((_, response) => response.end('x'));
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { port, connections: () => connections };
}

const never = new AbortController().signal;

describe('the driver whose threads stay warm', () => {
  const warm = createWarmDynoDriver(systemClock);
  const load = (port: number, signal = never): Promise<LoadOutcome> => {
    const asked = scenario({
      warmup: 40,
      warmupMax: 40,
      measure: 150,
      expect: { status: 200, headers: {}, bodyBytes: 1, bodySha256: null },
    });
    const request = loadRequestOf(asked, { host: '127.0.0.1', port }, { workers: 1, seed: 1 });
    return warm.driver.run(request, { window: () => undefined, progress: () => undefined }, signal);
  };

  it('opens fresh connections for every load, and counts each load alone', async () => {
    const server = await countingServer();
    for (let loads = 1; loads <= 3; loads++) {
      const outcome = await load(server.port);
      if (outcome.kind !== 'measured') throw new Error(`not measured: ${JSON.stringify(outcome)}`);
      expect(imbalance(outcome.result.counts)).toBe(0);
      expect(outcome.result.counts.ok).toBe(outcome.result.counts.sent);
      expect(outcome.result.counts.ok).toBeGreaterThan(0);
      expect(server.connections()).toBe(8 * loads);
    }
  });

  it('ends a thread whose load was aborted, and serves the next load with another', async () => {
    const server = await countingServer();
    const abort = new AbortController();
    const aborted = load(server.port, abort.signal);
    setTimeout(() => abort.abort(), 60);
    expect((await aborted).kind).toBe('aborted');
    expect((await load(server.port)).kind).toBe('measured');
    await warm.close();
  });
});
