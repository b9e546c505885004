import { createRequire } from 'node:module';
import autocannon from 'autocannon';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { monotonicUs } from '../../../harness/base/clock.ts';
import {
  AUTOCANNON_VERSION,
  hasKnownInternals,
  missingInternals,
} from '../../../harness/drivers/autocannon/client-internals.ts';
import { Rig } from '../../../harness/drivers/autocannon/rig.ts';
import { Tally } from '../../../harness/drivers/autocannon/tally.ts';
import { cpuPressure, startFixture, stopFixture } from '../fixture-process.ts';
import { type FaultServer, startFaultServer } from '../fault-server.ts';
import { driverNamed, measure, requestFor } from '../run-driver.ts';

const require = createRequire(import.meta.url);
let server: FaultServer | null = null;

afterEach(async () => {
  vi.restoreAllMocks();
  await server?.close();
  server = null;
});

/** Runs plain autocannon for some requests and gives the client that it was set up with. */
async function clientOfAutocannon(url: string): Promise<unknown> {
  let seen: unknown = null;
  await autocannon({ url, connections: 1, amount: 20, setupClient: (client) => (seen = client) });
  return seen;
}

describe("autocannon's internals", () => {
  it('are those of the release that the driver names', () => {
    expect(require('autocannon/package.json').version).toBe(AUTOCANNON_VERSION);
    expect(require('../../../package.json').dependencies.autocannon).toBe(AUTOCANNON_VERSION);
  });

  it('are where the driver hooks in', async () => {
    server = await startFaultServer(() => 'ok');
    const client = await clientOfAutocannon(`http://127.0.0.1:${server.port}`);
    expect(missingInternals(client)).toEqual([]);
  });

  it('are missed by name where one has moved', () => {
    expect(hasKnownInternals(null)).toBe(false);
    expect(missingInternals({ parser: { type: 'RESPONSE', execute: () => 0, finish: () => 0 } })).toEqual(
      expect.arrayContaining([
        'client._doRequest',
        'client.parser.reinitialize',
        'client.pipelinedRequests.addBody',
      ]),
    );
  });
});

describe('bodies', () => {
  it("are never given to autocannon's queue, which joins them", async () => {
    server = await startFaultServer(() => 'ok');
    const queue: unknown = require('autocannon/lib/pipelinedRequestsQueue.js');
    if (typeof queue !== 'function') throw new Error('the queue has moved');
    const addBody = vi.spyOn(queue.prototype, 'addBody');

    await clientOfAutocannon(`http://127.0.0.1:${server.port}`);
    expect(addBody).toHaveBeenCalledTimes(20);
    addBody.mockClear();

    const request = requestFor(server.port, { termination: { kind: 'amount', requests: 50 } });
    const tally = new Tally(request.termination);
    tally.setWindow({ startUs: monotonicUs(), endUs: Number.POSITIVE_INFINITY });
    const rig = new Rig({ workerIndex: 0, request, tickMs: 100 }, tally);
    rig.open();
    await vi.waitFor(() => expect(tally.isComplete(monotonicUs())).toBe(true), { timeout: 5_000 });
    rig.stop();
    expect(tally.result(monotonicUs()).counts.ok).toBe(50);
    expect(addBody).not.toHaveBeenCalled();
  });

  it('of 1 MB cost the driver less than a third of what joining them costs plain autocannon', async (context) => {
    const pressure = cpuPressure();
    if (pressure > 40) context.skip(`inconclusive: CPU pressure is ${pressure} %`);
    const bytes = 1_048_576;
    const { line: port, child } = await startFixture('static-server', [bytes]);
    try {
      const plain = await startFixture('plain-autocannon', [`http://127.0.0.1:${port}/`, 8, 2]);
      const plainRps = Number(plain.line);
      await stopFixture(plain.child);
      const result = await measure(
        driverNamed('autocannon'),
        requestFor(Number(port), {
          connections: 8,
          expected: { status: 200, bodyBytes: bytes, bodySha256: null },
          warmup: { minMs: 300, maxMs: 300 },
          termination: { kind: 'duration', ms: 2_000 },
        }),
      );
      const ownRps = result.completedInWindow / 2;
      expect(result.counts.ok).toBe(result.counts.sent);
      expect(result.bodyBytesInWindow).toBe(result.okInWindow * bytes);
      expect(ownRps / plainRps).toBeGreaterThan(3);
      await context.annotate(`plain ${plainRps.toFixed(0)} req/s, this driver ${ownRps.toFixed(0)} req/s`);
    } finally {
      await stopFixture(child);
    }
  });
});
