import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../harness/base/clock.ts';
import type { RunningTarget } from '../../../harness/model/ports.ts';
import { docker } from '../../../harness/targets/docker/image.ts';
import { createProbe } from '../../../harness/targets/index.ts';
import { livingMembers } from '../../../harness/targets/members.ts';
import { socketsOnPort } from '../../../harness/targets/proc/sockets.ts';
import { holds } from '../../../harness/targets/process/stop-group.ts';
import {
  containerFleet,
  containerIdOf,
  containerSpec,
  TEST_LABEL,
  testEngine,
} from '../support/containers.ts';
import { launchOptions, never, payloadScenario } from '../support/fixtures.ts';
import { tempFolder } from '../support/temp-folder.ts';

const { engine, why } = await testEngine();
const fleet = containerFleet(engine);
const probe = createProbe();

afterEach(async () => {
  await fleet.stopAll();
});

/** Ids of the containers that tests have started and that still are there. */
async function testContainers(): Promise<string[]> {
  return (await engine.containersWith(TEST_LABEL)).map(({ Id }) => Id);
}

async function ready(target: RunningTarget): Promise<void> {
  expect(await probe.waitUntilReady(target, 15_000, never)).toMatchObject({ kind: 'ready' });
}

const MIB = 1_048_576;

describe.skipIf(why !== null)(`a container${why === null ? '' : ` (${why})`}`, () => {
  it('starts, proves whose socket answers, serves, ends by SIGTERM and is gone', async () => {
    const target = await fleet.start(containerSpec('good'), {}, { cpus: [0], workers: 2 });
    await ready(target);
    const checks = await probe.verifyScenario(target, payloadScenario, never);
    expect(checks.map(({ result }) => result.kind)).toEqual(['pass', 'pass']);
    const stopped = await target.stop();
    expect(stopped).toEqual({ exit: { exitCode: 0, signal: null, oomKilled: false }, killed: false });
    expect(await testContainers()).not.toContain(containerIdOf(target));
    expect(livingMembers(target)).toEqual([]);
  });

  it('S4 S18 is inspected to be what was asked for', async () => {
    const target = await fleet.start(containerSpec('good'), {}, { cpus: [0] });
    await ready(target);
    const inspected = await docker(
      engine,
      ['inspect', '--format', '{{json .HostConfig}}', '--', containerIdOf(target)],
      5_000,
    );
    expect(JSON.parse(inspected.stdout)).toMatchObject({
      ReadonlyRootfs: true,
      Privileged: false,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      NetworkMode: 'host',
      Binds: null,
      CpusetCpus: '0',
      AutoRemove: false,
      Memory: 1_024 * MIB,
      MemorySwap: 1_024 * MIB,
      PidsLimit: 256,
    });
    const pid = target.scope.kind === 'container' ? target.scope.initPid : 0;
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    expect(status).toMatch(/^CapEff:\t0+$/m);
    expect(status).toMatch(/^CapBnd:\t0+$/m);
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    expect(status).toMatch(/^Seccomp:\t2$/m);
    expect(status).toMatch(/^Uid:\t65532\t/m);
    expect(status).toMatch(/^Cpus_allowed_list:\t0$/m);
  });

  it('S6 listens on loopback only', async () => {
    const target = await fleet.start(containerSpec('good'));
    await ready(target);
    const listening = (socketsOnPort(target.address.port) ?? []).filter((socket) => socket.listening);
    expect(listening.map(({ localAddress }) => localAddress)).toEqual(['0100007F']);
  });

  it('F02 that exits at once is told with its code and its log', async () => {
    const target = await fleet.start(containerSpec('exits-with-3'));
    const outcome = await probe.waitUntilReady(target, 20_000, never);
    expect(outcome).toMatchObject({
      kind: 'failed',
      reason: { code: 'TARGET_EXITED', detail: expect.stringContaining('code=3') },
    });
    expect(target.logTail()).toContain('cannot find my configuration');
  });

  it('F01 shows the last 50 lines of its log', async () => {
    const target = await fleet.start(containerSpec('never-listens'));
    await holds(() => target.logTail().includes('line 80'), 10_000, systemClock);
    expect(target.logTail()).toHaveLength(50);
  });

  it('F36 that ignores SIGTERM is killed after the grace, and that is noted', async () => {
    const target = await fleet.start(containerSpec('ignores-sigterm'));
    await ready(target);
    const stopped = await target.stop();
    expect(stopped).toEqual({ exit: { exitCode: 137, signal: 'SIGKILL', oomKilled: false }, killed: true });
    expect(await testContainers()).not.toContain(containerIdOf(target));
  });

  it('F08 whose first process runs out of memory is told so', async () => {
    const target = await fleet.start(containerSpec('hog'), { memoryBytes: 128 * MIB });
    expect(await target.exited).toEqual({ exitCode: 137, signal: 'SIGKILL', oomKilled: true });
    expect((await target.stop()).exit.oomKilled).toBe(true);
  });

  it('F09 whose child runs out of memory is told so though it still answers, with limit and peak', async () => {
    const target = await fleet.start(containerSpec('hog-child'), { memoryBytes: 192 * MIB });
    await ready(target);
    await holds(() => target.logTail().some((line) => line.includes('child ended')), 20_000, systemClock);
    expect((await probe.verifyScenario(target, payloadScenario, never))[0]?.result.kind).toBe('pass');
    const { exit } = await target.stop();
    expect(exit).toMatchObject({ exitCode: 0, oomKilled: true });
    expect(target.logTail().join('\n')).toMatch(
      /out of memory: [1-9]\d* killed by the kernel, limit 192 MiB, peak 19\d MiB/,
    );
  });

  it('that cannot be started leaves nothing behind', async () => {
    const before = await testContainers();
    const outcome = await fleet.launcher().launch(containerSpec('good'), launchOptions({ cpus: [9_999] }));
    expect(outcome).toMatchObject({ kind: 'failed', reason: { code: 'TARGET_UNAVAILABLE' } });
    expect(await testContainers()).toEqual(before);
  });

  it('F18 is not started on a port that is taken', async () => {
    const holder = await fleet.start(containerSpec('good'));
    await ready(holder);
    const launcher = fleet.launcher({ pickPort: async () => holder.address.port });
    const outcome = await launcher.launch(containerSpec('good'), launchOptions());
    expect(outcome).toMatchObject({ kind: 'failed', reason: { code: 'PORT_IN_USE' } });
  });

  it('F28 without an image that can be made is told so', async () => {
    const folder = tempFolder();
    const spec = { ...containerSpec('good'), folder: folder.path, image: 'httpdyno/test-nothing:1' };
    const outcome = await fleet.launcher().launch(spec, launchOptions());
    expect(outcome).toMatchObject({ kind: 'failed', reason: { code: 'IMAGE_UNAVAILABLE' } });
    expect(await fleet.launcher().unavailable(spec)).toContain('no Dockerfile');
    expect(await fleet.launcher().unavailable(containerSpec('good'))).toBeNull();
    folder.remove();
  });
});
