import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../harness/base/clock.ts';
import type { RunningTarget } from '../../harness/model/ports.ts';
import { ownLauncher, ownProbe } from '../../harness/commands/project-config-run.ts';
import { scratchFolder } from '../support/cli.ts';
import { scenario, targetSpec } from '../support/factories.ts';

/** Answers with its status, body and the way in which it learnt its port. */
const SERVER = `
import http from 'node:http';
const [port, status = '200', failures = '0'] = process.argv.slice(2);
let asked = 0;
http.createServer((request, response) => {
  response.statusCode = asked++ < Number(failures) ? 503 : Number(status);
  response.end(process.env.APP_PORT ?? 'no');
}).listen(Number(port), process.env.HOST);
process.on('SIGTERM', () => process.exit(0));
`;

async function started(words: string[], env: Record<string, string> = {}): Promise<RunningTarget> {
  const folder = scratchFolder();
  writeFileSync(path.join(folder, 'server.mjs'), SERVER);
  const spec = targetSpec('own', { folder, run: { command: ['node', 'server.mjs', ...words], env } });
  const launched = await ownLauncher('process', systemClock).launch(spec, {
    workers: 1,
    cpus: null,
    nonce: 'abcdef',
    sessionId: 'own-targets',
  });
  if (launched.kind === 'failed') throw new Error(launched.reason.detail);
  onTestFinished(async () => void (await launched.target.stop()));
  return launched.target;
}

const never = new AbortController().signal;
const probe = ownProbe(systemClock, () => '/ready');

describe('a server of the user', () => {
  it('is told its port in its own words, in its command and in its variables', async () => {
    const target = await started(['{port}'], { APP_PORT: '{host}:{port}' });
    expect(await probe.waitUntilReady(target, 10_000, never)).toMatchObject({ kind: 'ready' });
    const { host, port } = target.address;
    expect(target.argv.at(-1)).toBe(String(port));
    const response = await fetch(`http://${host}:${port}/`);
    expect(await response.text()).toBe(`${host}:${port}`);
  });

  it('is ready with any answer below 500: it need not know our contract', async () => {
    const target = await started(['{port}', '404']);
    expect(await probe.waitUntilReady(target, 10_000, never)).toMatchObject({ kind: 'ready' });
  });

  it('is asked again while it answers that it is not ready', async () => {
    const target = await started(['{port}', '200', '3']);
    expect(await probe.waitUntilReady(target, 10_000, never)).toMatchObject({ kind: 'ready' });
  });

  it('that goes on answering 500 is not ready, and the reason says what it answered', async () => {
    const target = await started(['{port}', '500']);
    expect(await probe.waitUntilReady(target, 700, never)).toMatchObject({
      kind: 'failed',
      reason: { code: 'READY_TIMEOUT', detail: expect.stringContaining('GET /ready: 500') },
    });
  });

  it('that listens elsewhere is not ready, whoever else answers', async () => {
    const target = await started(['0']);
    expect(await probe.waitUntilReady(target, 500, never)).toMatchObject({
      kind: 'failed',
      reason: { code: 'READY_TIMEOUT', detail: expect.stringContaining('nothing listened on port') },
    });
  });

  it('is held to what its scenario expects, and to nothing else', async () => {
    const target = await started(['{port}']);
    await probe.waitUntilReady(target, 10_000, never);
    const expecting = (bodyBytes: number): ReturnType<typeof scenario> =>
      scenario({ expect: { status: 200, headers: {}, bodyBytes, bodySha256: null } });
    const kinds = async (bodyBytes: number): Promise<string[]> =>
      (await probe.verifyScenario(target, expecting(bodyBytes), never)).map(({ result }) => result.kind);
    expect(await kinds(2)).toEqual(['pass']);
    expect(await kinds(3)).toEqual(['fail']);
  });

  it('that cannot be started says so, and one whose folder is gone says that', async () => {
    const launcher = ownLauncher('process', systemClock);
    const gone = targetSpec('own', { folder: '/nowhere/at/all' });
    expect(await launcher.unavailable(gone)).toBe('its folder /nowhere/at/all does not exist');
    const image = targetSpec('own', {
      folder: scratchFolder(),
      image: 'app:1',
      run: { command: ['true'], env: {} },
    });
    expect(await launcher.unavailable(image)).toMatch(/needs a container engine/);
  });
});
