import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { threadCpuOf } from '../../../harness/drivers/wrk/process.ts';
import { type Answer, BODY, type FaultServer, startFaultServer } from '../fault-server.ts';
import { driverNamed, measure, requestFor, runDriver, serviceTimeOf } from '../run-driver.ts';

const driver = driverNamed('wrk');
const isInstalled = (await driver.unavailable()) === null;
let server: FaultServer | null = null;

afterEach(async () => {
  await server?.close();
  server = null;
});

const ONE_SECOND = { termination: { kind: 'duration', ms: 1_000 } } as const;

function leftovers(): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith('httpdyno-wrk-'));
}

describe.runIf(isInstalled)('the wrk driver', () => {
  it('measures as many responses as the server gave, each latency once', async () => {
    server = await startFaultServer(() => 'ok');
    const before = leftovers();
    const result = await measure(
      driver,
      requestFor(server.port, { ...ONE_SECOND, connections: 4, workers: 2 }),
    );
    expect(result.counts.ok).toBeGreaterThan(100);
    // Those in flight at its end wrk has forgotten.
    expect(server.requests - result.counts.ok).toBeGreaterThanOrEqual(0);
    expect(server.requests - result.counts.ok).toBeLessThanOrEqual(4);
    const serviceTime = serviceTimeOf(result);
    expect(serviceTime.count).toBe(result.counts.ok);
    expect(
      (serviceTime.meanUs * serviceTime.count) / (result.window.endUs - result.window.startUs),
    ).toBeLessThan(4.4);
    serviceTime.destroy();
    expect(result.workers).toBe(2);
    expect(result.bodyBytesInWindow).toBe(result.counts.ok * BODY.length);
    expect(leftovers()).toEqual(before);
  });

  it('G4 stall, closed loop: has no more samples than responses', async () => {
    let hasStalled = false;
    server = await startFaultServer(() => 'ok');
    const stall = setTimeout(() => {
      hasStalled = true;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
    }, 500);
    const result = await measure(driver, requestFor(server.port, { ...ONE_SECOND, connections: 4 }));
    clearTimeout(stall);
    const serviceTime = serviceTimeOf(result);
    expect(hasStalled).toBe(true);
    expect(serviceTime.maxUs).toBeGreaterThan(250_000);
    expect(serviceTime.count).toBe(result.completedInWindow);
    serviceTime.destroy();
  });

  it('says with every result what it cannot count', async () => {
    server = await startFaultServer((n): Answer => (n % 10 === 3 ? 'status-500' : 'ok'));
    const result = await measure(driver, requestFor(server.port, ONE_SECOND));
    expect(result.reasons.map(({ code }) => code)).toEqual(['UNCOUNTED_OUTCOMES']);
    expect(Math.abs(result.counts.badStatus - (server.answers.get('status-500') ?? 0))).toBeLessThanOrEqual(
      2,
    );
    expect(result.counts.badStatus).toBeGreaterThan(10);
  });

  it('reads the CPU time of its threads', async () => {
    server = await startFaultServer(() => 'ok');
    const { driverLoad } = await measure(driver, requestFor(server.port, ONE_SECOND));
    if (process.platform === 'linux') {
      expect(driverLoad.cpuNs.value).toBeGreaterThan(1_000_000);
      expect(driverLoad.cpuUtilization.value).toBeLessThan(1.1);
    }
    expect(threadCpuOf(2 ** 30)).toBeNull();
  });

  it('announces one window, after its warm-up, in whole seconds', async () => {
    server = await startFaultServer(() => 'ok');
    const request = requestFor(server.port, {
      termination: { kind: 'duration', ms: 600 },
      warmup: { minMs: 200, maxMs: 200 },
    });
    const { outcome, windows } = await runDriver(driver, request);
    expect(windows.map(({ startUs, endUs }) => endUs - startUs)).toEqual([1_000_000]);
    expect(outcome).toMatchObject({ kind: 'measured', result: { warmupMs: 1_000 } });
  });

  it('fails with what wrk said where nobody listens', async () => {
    const gone = await startFaultServer(() => 'ok');
    await gone.close();
    const { outcome } = await runDriver(driver, requestFor(gone.port, ONE_SECOND));
    expect(outcome).toMatchObject({ kind: 'failed', reason: { code: 'DRIVER_CRASHED' } });
    expect(JSON.stringify(outcome)).toContain('unable to connect');
  });

  it('stops at once when told to', async () => {
    server = await startFaultServer(() => 'ok');
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 300);
    const request = requestFor(server.port, { termination: { kind: 'duration', ms: 20_000 } });
    const { outcome } = await runDriver(driver, request, controller.signal);
    expect(outcome).toEqual({ kind: 'aborted' });
  });
});

describe('the wrk driver refuses', () => {
  it.each([
    ['an open loop', { loop: { kind: 'open', rateRps: 10, arrivals: 'constant' } }],
    ['pipelining', { pipelining: 4 }],
    ['paths that vary', { vary: 'query' }],
    ['HEAD', { method: 'HEAD' }],
    ['a connection for each request', { connectionMode: 'per-request' }],
    ['an exact number of requests', { termination: { kind: 'amount', requests: 10 } }],
  ] as const)('%s, naming the driver that can', async (what, changes) => {
    await expect(async () => runDriver(driver, requestFor(9, changes))).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining(what),
    });
  });
});
