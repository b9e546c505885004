import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../harness/base/clock.ts';
import { type ChildHandle, runCommand, spawnChild } from '../../../harness/base/subprocess.ts';
import { thisOwner } from '../../../harness/targets/owner.ts';
import { readProcess } from '../../../harness/targets/proc/processes.ts';
import { sweepProcesses } from '../../../harness/targets/process/sweep.ts';

const children: ChildHandle[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.signalGroup('SIGKILL');
});

function sleeper(env: Record<string, string>): ChildHandle {
  const child = spawnChild('/bin/sleep', ['60'], { onOutput: () => undefined, cpus: null, env, cwd: '/' });
  if (!('exited' in child)) throw new Error('sleep does not start');
  children.push(child);
  return child;
}

const isAlive = ({ pid }: ChildHandle): boolean => {
  const info = readProcess(pid);
  return info !== null && !info.zombie;
};

/** The label of an owner that has ended. */
async function deadOwner(): Promise<string> {
  const result = await runCommand({ file: process.execPath, args: ['-p', 'process.pid'] });
  return `${result.stdout.trim()}:1`;
}

describe('the sweep of leftover processes', () => {
  it('F20 F23 ends what bears the label of a dead owner, and says so', async () => {
    const left = sleeper({ HTTPDYNO_OWNER: await deadOwner(), HTTPDYNO_SESSION: 'crashed' });
    const lines = await sweepProcesses(systemClock);
    expect(lines).toContainEqual(
      expect.stringMatching(new RegExp(`^ended pid ${left.pid} \\(.*\\) of session crashed$`)),
    );
    expect(await left.exited).toMatchObject({ signal: 'SIGKILL' });
  });

  it('F20 leaves alone what a living owner has started', async () => {
    const busy = sleeper({ HTTPDYNO_OWNER: thisOwner(), HTTPDYNO_SESSION: 'second' });
    await sweepProcesses(systemClock);
    expect(isAlive(busy)).toBe(true);
  });

  it('F20 leaves alone what bears no label, or one that it cannot read', async () => {
    const plain = sleeper({});
    const odd = sleeper({ HTTPDYNO_OWNER: 'somebody', HTTPDYNO_SESSION: 'x' });
    const similar = sleeper({ MY_HTTPDYNO_OWNER: await deadOwner() });
    await sweepProcesses(systemClock);
    expect([plain, odd, similar].map(isAlive)).toEqual([true, true, true]);
  });

  it('finds nothing the second time', async () => {
    sleeper({ HTTPDYNO_OWNER: await deadOwner() });
    await sweepProcesses(systemClock);
    expect(await sweepProcesses(systemClock)).toEqual([]);
  });
});
