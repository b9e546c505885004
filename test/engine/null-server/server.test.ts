import { createHash } from 'node:crypto';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { encodeAnswer, encodeWitness } from '../../../harness/engine/null-server/answer.ts';
import { createNullServer } from '../../../harness/engine/null-server/server.ts';
import { ceilingServer } from '../../../harness/engine/null-server/spec.ts';
import { systemClock } from '../../../harness/base/clock.ts';
import type { RunningTarget } from '../../../harness/model/ports.ts';
import { createProcessLauncher } from '../../../harness/targets/process/launcher.ts';
import { createProbe } from '../../../harness/targets/index.ts';
import { scenario } from '../../support/factories.ts';

const cleanups: (() => Promise<unknown> | void)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function listening(bodyBytes: number): Promise<number> {
  const server = createNullServer({
    answer: encodeAnswer({ status: 200, headers: {}, bodyBytes }),
    witness: encodeWitness('null-server', ''),
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** Sends a request `times` times, each after the whole answer to the last, and counts the bytes that came. */
async function load(port: number, times: number, answerBytes: number): Promise<number> {
  const socket = connect(port, '127.0.0.1');
  let received = 0;
  let sent = 0;
  const send = (): void => {
    sent++;
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  };
  return new Promise((resolve, reject) => {
    socket.on('connect', send);
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      received += chunk.length;
      if (received < sent * answerBytes) return;
      if (sent < times) send();
      else socket.end();
    });
    socket.on('close', () => resolve(received));
  });
}

describe('a null server', () => {
  it('answers every request in full, small and large', async () => {
    for (const bodyBytes of [0, 1_024, 1_048_576]) {
      const size = encodeAnswer({ status: 200, headers: {}, bodyBytes }).whole.length;
      const port = await listening(bodyBytes);
      expect(await Promise.all(Array.from({ length: 4 }, () => load(port, 20, size)))).toEqual([
        20 * size,
        20 * size,
        20 * size,
        20 * size,
      ]);
    }
  });

  it('outlives clients that vanish', async () => {
    const port = await listening(1_048_576);
    for (let i = 0; i < 5; i++) {
      const socket = connect(port, '127.0.0.1', () => {
        socket.write('GET / HTTP/1.1\r\n\r\n');
        setTimeout(() => socket.resetAndDestroy(), 5);
      });
      await new Promise((resolve) => socket.on('close', resolve));
    }
    const response = await fetch(`http://127.0.0.1:${port}/`);
    expect((await response.arrayBuffer()).byteLength).toBe(1_048_576);
  });
});

describe('the ceiling server of a scenario', () => {
  async function launch(workers: number, expected = scenario().expect): Promise<RunningTarget> {
    const asked = scenario({ expect: expected });
    const launched = await createProcessLauncher().launch(ceilingServer(asked), {
      workers,
      cpus: null,
      nonce: 'abc',
      sessionId: 'test',
    });
    if (launched.kind === 'failed') throw new Error(launched.reason.detail);
    cleanups.push(() => launched.target.stop());
    const probe = createProbe({ clock: systemClock });
    const signal = new AbortController().signal;
    expect(await probe.waitUntilReady(launched.target, 10_000, signal)).toMatchObject({ kind: 'ready' });
    const checks = await probe.verifyScenario(launched.target, asked, signal);
    expect(checks.map(({ result }) => result)).toEqual(checks.map(() => ({ kind: 'pass' })));
    return launched.target;
  }

  it('is a target like any other: started, identified, verified, stopped', async () => {
    const target = await launch(1, {
      status: 200,
      headers: { 'content-type': 'application/octet-stream' },
      bodyBytes: 1_024,
      bodySha256: '8d7e566766f6bd1bb4cac87cadfde681197f9243f4d2692a0fd12674092212a7',
    });
    const stopped = await target.stop();
    expect(stopped.killed).toBe(false);
    expect(stopped.exit.signal ?? 'SIGTERM').toBe('SIGTERM');
  });

  it('uses as many threads as it is given', async () => {
    const { address } = await launch(3);
    const bodies = await Promise.all(
      Array.from({ length: 12 }, async () => {
        const response = await fetch(`http://127.0.0.1:${address.port}/x`);
        return createHash('sha256')
          .update(new Uint8Array(await response.arrayBuffer()))
          .digest('hex');
      }),
    );
    expect(new Set(bodies).size).toBe(1);
  });

  it('answers with the status that is expected', async () => {
    const target = await launch(1, { status: 404, headers: {}, bodyBytes: null, bodySha256: null });
    expect((await fetch(`http://127.0.0.1:${target.address.port}/x`)).status).toBe(404);
  });
});
