import { rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { runCommand } from '../../../harness/base/subprocess.ts';
import { DockerEngine } from '../../../harness/targets/docker/engine.ts';
import { docker } from '../../../harness/targets/docker/image.ts';
import { createProbe } from '../../../harness/targets/index.ts';
import { livingMembers } from '../../../harness/targets/members.ts';
import { thisOwner } from '../../../harness/targets/owner.ts';
import {
  containerFleet,
  containerIdOf,
  containerSpec,
  TEST_LABEL,
  testEngine,
} from '../support/containers.ts';
import { never } from '../support/fixtures.ts';
import { tempFolder } from '../support/temp-folder.ts';

// Runs alone: every start of httpdyno sweeps, and one beside it would find first what is left here.
const { engine, why } = await testEngine();
const fleet = containerFleet(engine);
const extra: string[] = [];

afterEach(async () => {
  await fleet.stopAll();
  for (const id of extra.splice(0)) await engine.remove(id);
});

/** Ids of the containers that tests have started and that still are there. */
async function testContainers(): Promise<string[]> {
  return (await engine.containersWith(TEST_LABEL)).map(({ Id }) => Id);
}

describe.skipIf(why !== null)('the sweep of leftover containers', () => {
  /** A container of the fixtures with the given labels, started without the launcher. */
  async function container(labels: Record<string, string>): Promise<string> {
    const words = Object.entries({ [TEST_LABEL]: '1', ...labels }).map(
      ([name, value]) => `--label=${name}=${value}`,
    );
    const args = ['run', '-d', '--env=FIXTURE=never-listens', ...words, '--', 'httpdyno/test-fixture:1'];
    const id = (await docker(engine, args, 20_000)).stdout.trim();
    extra.push(id);
    return id;
  }

  it('F20 F23 removes what bears the label of a dead owner, and leaves all else alone', async () => {
    const dead = await runCommand({ file: process.execPath, args: ['-p', 'process.pid'] });
    const left = await container({
      'io.httpdyno.owner': `${dead.stdout.trim()}:1`,
      'io.httpdyno.session': 'crashed',
    });
    const busy = await container({ 'io.httpdyno.owner': thisOwner(), 'io.httpdyno.session': 'second' });
    const unlabelled = await container({});
    const odd = await container({ 'io.httpdyno.owner': 'somebody' });
    const lines = await fleet.launcher().sweep();
    expect(lines).toContainEqual(expect.stringMatching(/^removed container .+ of session crashed$/));
    const there = await testContainers();
    expect(there).not.toContain(left);
    expect(there).toEqual(expect.arrayContaining([busy, unlabelled, odd]));
  });
});

describe.skipIf(why !== null)('an engine that drops out', () => {
  /** A socket in front of the real engine that can be cut. */
  async function proxy(): Promise<{ engine: DockerEngine; cut(): void }> {
    const folder = tempFolder();
    const socketPath = path.join(folder.path, 'engine.sock');
    const sockets = new Set<Socket>();
    const server = createServer((front) => {
      const back = connect(engine.socketPath);
      for (const socket of [front, back]) {
        sockets.add(socket);
        socket.on('error', () => undefined);
      }
      front.pipe(back).pipe(front);
    });
    await new Promise<void>((resolve) => server.listen(socketPath, resolve));
    return {
      engine: new DockerEngine(socketPath),
      cut: () => {
        for (const socket of sockets) socket.destroy();
        server.close();
        rmSync(folder.path, { recursive: true, force: true });
      },
    };
  }

  it('F27 does not keep a target from being stopped, and its container is left to the next sweep', async () => {
    const between = await proxy();
    const target = await fleet.start(containerSpec('good'), { engine: between.engine });
    extra.push(containerIdOf(target));
    expect(await createProbe().waitUntilReady(target, 15_000, never)).toMatchObject({ kind: 'ready' });
    between.cut();
    const stopped = await target.stop();
    expect(stopped.exit).toEqual({ exitCode: null, signal: null, oomKilled: false });
    expect(livingMembers(target)).toEqual([]);
    expect(await testContainers()).toContain(containerIdOf(target));
  });
});
