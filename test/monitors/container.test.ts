import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../harness/base/clock.ts';
import { runCommand } from '../../harness/base/subprocess.ts';
import { MIB } from '../../harness/base/units.ts';
import { knownLoadFile } from './support/known-load.ts';
import { observeDuring, valueOf } from './support/observing.ts';

const IMAGE = 'httpdyno/base-node:24';

async function docker(...args: string[]): Promise<string> {
  const result = await runCommand({ file: 'docker', args }, { timeoutMs: 30_000 });
  if (result.exitCode !== 0) throw new Error(`docker ${args[0]}: ${result.spawnError ?? result.stderr}`);
  return result.stdout;
}

const available = await docker('image', 'inspect', IMAGE).then(
  () => true,
  () => false,
);

describe.runIf(available)('a real container', () => {
  let containerId = '';
  let initPid = 0;

  beforeAll(async () => {
    const mount = `${knownLoadFile}:/known-load.ts:ro`;
    const labels = ['--label', 'io.httpdyno.test=monitors'];
    const run = [
      'run',
      '-d',
      '-i',
      '--network',
      'none',
      ...labels,
      '-v',
      mount,
      IMAGE,
      'node',
      '/known-load.ts',
    ];
    containerId = await docker(...run);
    initPid = Number(await docker('inspect', '--format', '{{.State.Pid}}', containerId));
    await answers(1);
  });
  afterAll(async () => {
    if (containerId !== '') await docker('rm', '-f', '-v', containerId);
  });

  const scope = () => ({ kind: 'container', containerId, initPid }) as const;

  /** CPU time of each answer so far, once there are that many. */
  async function answers(count: number): Promise<number[]> {
    for (let tries = 0; tries < 200; tries++) {
      const lines = (await docker('logs', containerId)).split('\n').filter((line) => line.startsWith('{'));
      if (lines.length >= count) return lines.map((line) => Number(JSON.parse(line).cpuUs));
      await systemClock.sleep(50);
    }
    throw new Error('the container does not answer');
  }

  it('G11 CPU: 500 ms in a container agree with getrusage to 1 % or 2 ms', async () => {
    // The truth counts from answer to answer: one burn before, so that the start of the runtime is not in it.
    await docker('kill', '--signal', 'SIGUSR2', containerId);
    const done = (await answers(2)).length;
    let truthUs = 0;
    const { resources } = await observeDuring(scope(), async () => {
      await docker('kill', '--signal', 'SIGUSR2', containerId);
      const used = await answers(done + 1);
      truthUs = (used.at(-1) ?? 0) - (used.at(-2) ?? 0);
    });
    expect(resources.source).toMatch(/^cgroup-v[12]$/);
    expect(truthUs).toBeGreaterThanOrEqual(500_000);
    expect(Math.abs(valueOf(resources.cpuNs) / 1_000 - truthUs)).toBeLessThanOrEqual(
      Math.max(2_000, truthUs / 100),
    );
    expect(valueOf(resources.cpuUserNs) + valueOf(resources.cpuSystemNs)).toBeCloseTo(
      valueOf(resources.cpuNs),
      -1,
    );
  });

  it('has memory of its processes, and page cache apart from it', async () => {
    const { resources } = await observeDuring(scope(), () => systemClock.sleep(100));
    expect(valueOf(resources.memoryRssMeanBytes)).toBeGreaterThan(20 * MIB);
    expect(valueOf(resources.memoryRssMeanBytes)).toBeLessThan(300 * MIB);
    expect(valueOf(resources.memoryRssPeakBytes)).toBeGreaterThanOrEqual(
      valueOf(resources.memoryRssMeanBytes),
    );
    expect(valueOf(resources.pageCacheBytes)).toBeGreaterThanOrEqual(0);
    expect(valueOf(resources.threads)).toBeGreaterThan(3);
  });

  it('F33 is missing with its reason once the container has ended inside the window', async () => {
    const { resources } = await observeDuring(scope(), () => docker('kill', containerId));
    expect(resources.cpuNs).toEqual({ value: null, missing: 'the target ended inside the window' });
    expect(resources.pageCacheBytes.value).toBeNull();
  });
});
