import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../harness/base/clock.ts';
import type { Readiness, RunningTarget } from '../../harness/model/ports.ts';
import { createProbe } from '../../harness/targets/index.ts';
import {
  CONTRACT_READINESS,
  type ReadinessContext,
  waitUntilReady,
} from '../../harness/targets/readiness.ts';
import { fixtureSpec, never, targetFleet } from './support/fixtures.ts';
import {
  contractAnswer,
  keepsContract,
  NONCE,
  onRequests,
  responseBytes,
  targetAt,
  type WireServer,
  wireServer,
} from './support/wire-server.ts';

const fleet = targetFleet();
const servers: WireServer[] = [];

afterEach(async () => {
  await fleet.stopAll();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const contract: ReadinessContext = { rule: CONTRACT_READINESS, clock: systemClock };

async function serve(onConnection: Parameters<typeof wireServer>[0]): Promise<WireServer> {
  const server = await wireServer(onConnection);
  servers.push(server);
  return server;
}

function reasonOf(readiness: Readiness): string {
  return readiness.kind === 'failed' ? `${readiness.reason.code} ${readiness.reason.detail}` : 'ready';
}

async function timed<T>(work: () => Promise<T>): Promise<{ value: T; tookMs: number }> {
  const startedAt = performance.now();
  const value = await work();
  return { value, tookMs: performance.now() - startedAt };
}

describe('a target that becomes ready', () => {
  it('is ready once it answers as itself', async () => {
    const target = await fleet.start(fixtureSpec('good'));
    const ready = await createProbe().waitUntilReady(target, 10_000, never);
    expect(ready.kind).toBe('ready');
  });

  it('F03 is not ready while its port is open but it answers 503, and the time tells', async () => {
    const target = await fleet.start(fixtureSpec('slow-start', { SLOW_MS: '3000' }));
    const ready = await waitUntilReady(target, 10_000, contract, never);
    expect(ready).toMatchObject({ kind: 'ready' });
    const afterMs = ready.kind === 'ready' ? ready.afterMs : 0;
    // The program itself needs a moment before its 3 s begin.
    expect(afterMs).toBeGreaterThan(2_500);
    expect(afterMs).toBeLessThan(4_500);
  });
});

describe('a target that never becomes ready', () => {
  it('F01 is given up at the limit, with what was seen last and the end of its log', async () => {
    const target = await fleet.start(fixtureSpec('never-listens'));
    const { value, tookMs } = await timed(() => waitUntilReady(target, 1_500, contract, never));
    expect(reasonOf(value)).toMatch(/^READY_TIMEOUT after 1500 ms: nothing listened on port \d+$/);
    expect(tookMs).toBeGreaterThanOrEqual(1_490);
    expect(tookMs).toBeLessThan(2_500);
    expect(target.logTail()).toHaveLength(50);
  });

  it('F01 keeps to the limit though the target accepts and says nothing', async () => {
    const server = await serve(() => undefined);
    const { value, tookMs } = await timed(() =>
      waitUntilReady(targetAt(server.address), 700, contract, never),
    );
    expect(reasonOf(value)).toMatch(/^READY_TIMEOUT .*no complete response within \d+ ms/);
    expect(tookMs).toBeLessThan(1_700);
  });

  it('F02 fails as soon as it exits, with its code and last words, without waiting for the limit', async () => {
    const { value, tookMs } = await timed(async () => {
      const target = await fleet.start(fixtureSpec('exits-with-3'));
      return waitUntilReady(target, 30_000, contract, never);
    });
    expect(reasonOf(value)).toBe('TARGET_EXITED code=3; last log line: cannot find my configuration');
    expect(tookMs).toBeLessThan(2_000);
  });

  it('F02 fails within 100 ms of the exit, also while a request hangs', async () => {
    const server = await serve(() => undefined);
    const exit = new Promise<{ exitCode: number; signal: null; oomKilled: boolean }>((resolve) => {
      setTimeout(() => resolve({ exitCode: 1, signal: null, oomKilled: false }), 200);
    });
    const { value, tookMs } = await timed(() =>
      waitUntilReady(targetAt(server.address, { exited: exit }), 5_000, contract, never),
    );
    expect(reasonOf(value)).toBe('TARGET_EXITED code=1');
    expect(tookMs).toBeLessThan(300);
  });

  it('F07 names the signal that ended it', async () => {
    const target = await fleet.start(fixtureSpec('never-listens'));
    const waiting = waitUntilReady(target, 10_000, contract, never);
    const pid = target.scope.kind === 'process-group' ? target.scope.leaderPid : 0;
    process.kill(pid, 'SIGKILL');
    expect(reasonOf(await waiting)).toContain('TARGET_EXITED signal=SIGKILL');
  });

  it('F08 says that memory was the cause', async () => {
    const exited = Promise.resolve({ exitCode: 137, signal: 'SIGKILL', oomKilled: true });
    const address = { host: '127.0.0.1', port: 1 };
    expect(reasonOf(await waitUntilReady(targetAt(address, { exited }), 1_000, contract, never))).toBe(
      'OOM_KILLED signal=SIGKILL',
    );
  });

  it('F04 with another body than ok stays unready', async () => {
    const target = await fleet.start(fixtureSpec('wrong-health'));
    const ready = await waitUntilReady(target, 1_500, contract, never);
    expect(reasonOf(ready)).toMatch(/^READY_TIMEOUT .*another body than "ok"/);
  });

  it('F17 with an endless body is not read to its end', async () => {
    const server = await serve((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
      const block = Buffer.from(`10000\r\n${'x'.repeat(65_536)}\r\n`);
      const pump = (): void => {
        while (socket.writable && socket.write(block));
      };
      socket.on('drain', pump);
      pump();
    });
    const ready = await waitUntilReady(targetAt(server.address), 500, contract, never);
    expect(reasonOf(ready)).toMatch(/^READY_TIMEOUT .*a body of more than 65536 bytes/);
  });

  it('F21 is left at once when the caller aborts', async () => {
    const target = await fleet.start(fixtureSpec('never-listens'));
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 100);
    const { value, tookMs } = await timed(() => waitUntilReady(target, 20_000, contract, abort.signal));
    expect(reasonOf(value)).toContain('INTERRUPTED');
    expect(tookMs).toBeLessThan(1_000);
  });
});

describe('somebody else on the port', () => {
  it('F18 is named by pid and command, and gets no request', async () => {
    const squatter = await serve(keepsContract);
    const target = targetAt(squatter.address, { scope: { kind: 'process-group', leaderPid: 1 } });
    const ready = await waitUntilReady(target, 5_000, contract, never);
    expect(reasonOf(ready)).toMatch(
      new RegExp(`^PORT_IN_USE 127\\.0\\.0\\.1:\\d+ belongs to pid ${process.pid} \\(`),
    );
    expect(squatter.accepted()).toBe(0);
  });

  it('F18 is named as the cause when the target ended because the port was taken from it', async () => {
    const squatter = await serve(keepsContract);
    const loser = await fleet.start(fixtureSpec('exits-with-3'));
    await loser.exited;
    const target: RunningTarget = { ...loser, address: squatter.address };
    const ready = await waitUntilReady(target, 5_000, contract, never);
    expect(reasonOf(ready)).toContain(
      `PORT_IN_USE 127.0.0.1:${squatter.address.port} belongs to pid ${process.pid}`,
    );
    expect(squatter.accepted()).toBe(0);
  });

  it('F19 that answers 200 with another nonce is refused', async () => {
    const target = await fleet.start(fixtureSpec('foreign-nonce'));
    const ready = await waitUntilReady(target, 5_000, contract, never);
    expect(reasonOf(ready)).toMatch(/^IDENTITY_MISMATCH x-httpdyno-nonce is "of-somebody-else"/);
  });

  it.each([
    ['no identity at all', {}, 'x-httpdyno-target is missing'],
    [
      'another id',
      { 'x-httpdyno-target': 'other', 'x-httpdyno-nonce': NONCE },
      'x-httpdyno-target is "other"',
    ],
    ['no nonce', { 'x-httpdyno-target': 'fixture' }, 'x-httpdyno-nonce is missing'],
  ])('F19 that answers 200 with %s is refused', async (_what, headers, detail) => {
    const server = await serve((socket) =>
      onRequests(socket, () => socket.end(responseBytes('ok', headers))),
    );
    const ready = await waitUntilReady(targetAt(server.address), 2_000, contract, never);
    expect(reasonOf(ready)).toContain(`IDENTITY_MISMATCH ${detail}`);
  });
});

describe('a server without our contract', () => {
  const own = { path: '/', status: 200, body: null, witness: false };

  it('is ready when a socket of its own process answers', async () => {
    const target = await fleet.start(fixtureSpec('no-contract'));
    expect((await waitUntilReady(target, 10_000, { rule: own, clock: systemClock }, never)).kind).toBe(
      'ready',
    );
  });

  it('is ready when its process listens, where the rule asks no more', async () => {
    const target = await fleet.start(fixtureSpec('no-contract'));
    const probe = createProbe({ ruleOf: () => ({ ...own, path: null }) });
    expect((await probe.waitUntilReady(target, 10_000, never)).kind).toBe('ready');
  });

  it('F19 is refused where nothing can tell whose socket answers', async () => {
    const server = await serve(keepsContract);
    const context = { rule: own, clock: systemClock, askPortOwner: () => ({ kind: 'unknown' as const }) };
    const ready = await waitUntilReady(targetAt(server.address), 2_000, context, never);
    expect(reasonOf(ready)).toMatch(/^IDENTITY_MISMATCH the system does not tell whose socket/);
    expect(server.accepted()).toBe(0);
  });
});

describe('where the system does not tell whose socket answers', () => {
  it('the nonce alone is the witness', async () => {
    const server = await serve((socket) =>
      onRequests(socket, (request) => socket.end(contractAnswer(request))),
    );
    const context = { ...contract, askPortOwner: () => ({ kind: 'unknown' as const }) };
    expect((await waitUntilReady(targetAt(server.address), 2_000, context, never)).kind).toBe('ready');
    const other = targetAt(server.address, { nonce: 'another' });
    expect(reasonOf(await waitUntilReady(other, 2_000, context, never))).toContain('IDENTITY_MISMATCH');
  });
});
