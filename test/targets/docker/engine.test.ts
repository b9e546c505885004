import { createServer, type Server } from 'node:http';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { DockerEngine, engineSocket, LogFrames } from '../../../harness/targets/docker/engine.ts';
import { buildImages } from '../../../harness/targets/docker/build-images.ts';
import { createDockerLauncher } from '../../../harness/targets/docker/launcher.ts';
import { containerSpec } from '../support/containers.ts';
import { launchOptions, never } from '../support/fixtures.ts';
import { tempFolder } from '../support/temp-folder.ts';

const cleanups: (() => void)[] = [];

afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

/** An engine that answers as the handler says. */
async function fakeEngine(handler: Parameters<typeof createServer>[1]): Promise<DockerEngine> {
  const folder = tempFolder();
  const socketPath = path.join(folder.path, 'engine.sock');
  const server: Server = createServer({}, handler);
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  cleanups.push(folder.remove, () => {
    server.closeAllConnections();
    server.close();
  });
  return new DockerEngine(socketPath);
}

function frame(text: string, stream = 1): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
}

describe('the log stream of the engine', () => {
  it('is taken apart into what the container wrote, however it is cut', () => {
    const texts = fc.array(fc.string({ maxLength: 20 }), { maxLength: 8 });
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 30 }), (parts, size) => {
        const bytes = Buffer.concat(parts.map((part, i) => frame(part, 1 + (i % 2))));
        const out: Uint8Array[] = [];
        const frames = new LogFrames((chunk) => out.push(Buffer.from(chunk)));
        for (let at = 0; at < bytes.length; at += size) frames.push(bytes.subarray(at, at + size));
        expect(Buffer.concat(out).toString()).toBe(parts.join(''));
      }),
    );
  });
});

describe('an engine that does not answer', () => {
  it('F27 is told in one sentence with the socket when there is none', async () => {
    const engine = new DockerEngine('/no/such/engine.sock');
    expect(await engine.unavailable()).toMatch(
      /^no container engine answers at \/no\/such\/engine\.sock \(.*\): start it, or use/,
    );
  });

  it('F27 is given up after 2 s when it hangs', async () => {
    const engine = await fakeEngine(() => undefined);
    const startedAt = performance.now();
    expect(await engine.unavailable()).toContain('no container engine answers');
    expect(performance.now() - startedAt).toBeLessThan(4_500);
  });

  it('F27 is unavailable when it answers an error', async () => {
    const engine = await fakeEngine((_request, response) => response.writeHead(500).end('broken'));
    expect(await engine.unavailable()).toContain('500 broken');
  });

  it('F27 fails a launch with DOCKER_UNAVAILABLE, an answer of the launcher and no error of ours', async () => {
    const launcher = createDockerLauncher({ engine: new DockerEngine('/no/such/engine.sock') });
    const outcome = await launcher.launch(containerSpec('good'), launchOptions());
    expect(outcome).toMatchObject({ kind: 'failed', reason: { code: 'DOCKER_UNAVAILABLE' } });
    expect(await launcher.unavailable(containerSpec('good'))).toContain('no container engine answers');
    expect(await launcher.sweep()).toEqual([]);
    expect(await launcher.describe(containerSpec('good'))).toMatchObject({ launcher: 'docker' });
  });

  it('F27 skips images with the reason', async () => {
    const engine = new DockerEngine('/no/such/engine.sock');
    const outcomes = await buildImages([containerSpec('good')], engine, {
      onEvent: () => undefined,
      signal: never,
    });
    expect(outcomes).toMatchObject([
      { kind: 'skipped', id: 'fixture', why: expect.stringContaining('no container engine') },
    ]);
  });

  it('F27 fails a launch too when it drops out after the first answer', async () => {
    const engine = await fakeEngine((request, response) => {
      if (request.url === '/_ping') response.end('OK');
      else request.socket.destroy();
    });
    const outcome = await createDockerLauncher({ engine }).launch(containerSpec('good'), launchOptions());
    expect(outcome).toMatchObject({ kind: 'failed', reason: { code: 'DOCKER_UNAVAILABLE' } });
  });

  it('S19 that answers nonsense is refused with the place', async () => {
    const engine = await fakeEngine((_request, response) => response.end('{"Id": 5}'));
    await expect(engine.inspect('x')).rejects.toThrow(/engine: container/);
  });
});

describe('the socket of the engine', () => {
  const before = process.env['DOCKER_HOST'];
  afterEach(() => {
    if (before === undefined) delete process.env['DOCKER_HOST'];
    else process.env['DOCKER_HOST'] = before;
  });

  it('is the one that DOCKER_HOST names', async () => {
    process.env['DOCKER_HOST'] = 'unix:///run/user/1000/docker.sock';
    expect(await engineSocket()).toBe('/run/user/1000/docker.sock');
  });

  it('is no other machine: its address fails by name', async () => {
    process.env['DOCKER_HOST'] = 'tcp://192.0.2.1:2375';
    expect(await new DockerEngine(await engineSocket()).unavailable()).toContain('tcp://192.0.2.1:2375');
  });

  it('is the one of the docker command otherwise', async () => {
    delete process.env['DOCKER_HOST'];
    expect(await engineSocket()).toMatch(/^\//);
  });
});
