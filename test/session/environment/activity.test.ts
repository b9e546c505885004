import { describe, expect, it } from 'vitest';
import { type Activity, watchActivity } from '../../../harness/session/environment/activity.ts';
import { type Files, fixtureMachine, machineStat, OWN_PID, processStat } from './fixture-machine.ts';

async function watched(before: Files, later: Files): Promise<Activity> {
  const { tree, clock } = fixtureMachine(before, { later });
  return watchActivity(tree, clock, 200, OWN_PID);
}

const idle = { '/proc/stat': machineStat({ user: 0, idle: 0 }) };
const busy = { '/proc/stat': machineStat({ user: 20, idle: 20 }) };

describe('the activity of a machine', () => {
  it('is null in every part where nothing can be read', async () => {
    expect(await watched({}, {})).toEqual({
      pressureShare: null,
      pressureShare10s: null,
      stealShare: null,
      foreign: null,
      interruptRates: null,
    });
  });

  it('is not claimed of a kernel whose counters stand still', async () => {
    expect(await watched(idle, {})).toMatchObject({ stealShare: null, foreign: null });
  });

  it('keeps the three largest users, largest first', async () => {
    const used = [3, 9, 1, 5];
    const { foreign } = await watched(
      {
        ...idle,
        ...Object.fromEntries(used.map((_, i) => [`/proc/${i + 10}/stat`, processStat(i + 10, `p${i}`, 0)])),
      },
      {
        ...busy,
        ...Object.fromEntries(used.map((n, i) => [`/proc/${i + 10}/stat`, processStat(i + 10, `p${i}`, n)])),
      },
    );
    expect(foreign?.top.map(({ name, cores }) => [name, cores])).toEqual([
      ['p1', 0.45],
      ['p3', 0.25],
      ['p0', 0.15],
    ]);
  });

  it('counts a process that began meanwhile, also under the pid of another', async () => {
    const { foreign } = await watched(
      { ...idle, '/proc/7/stat': processStat(7, 'old', 90, 100) },
      {
        ...busy,
        '/proc/7/stat': processStat(7, 'new', 8, 900),
        '/proc/9/stat': processStat(9, 'newer', 4, 901),
      },
    );
    expect(foreign?.top).toEqual([
      { pid: 7, name: 'new', cores: 0.4 },
      { pid: 9, name: 'newer', cores: 0.2 },
    ]);
  });

  it('calls a process by what was started, and shows none of its arguments', async () => {
    const { foreign } = await watched(
      { ...idle, '/proc/7/stat': processStat(7, 'MainThread', 0) },
      {
        ...busy,
        '/proc/7/stat': processStat(7, 'MainThread', 8),
        '/proc/7/cmdline': '/usr/bin/node\0server.js\0--token=secret',
      },
    );
    expect(foreign?.top[0]?.name).toBe('node');
  });

  it('S8: disarms names that would command a terminal, and survives parentheses in them', async () => {
    const hostile = 'a) R 1 \u001b[2J(';
    const { foreign } = await watched(
      { ...idle, '/proc/7/stat': processStat(7, hostile, 0) },
      { ...busy, '/proc/7/stat': processStat(7, hostile, 8) },
    );
    expect(foreign?.top).toEqual([{ pid: 7, name: 'a) R 1 ?[2J(', cores: 0.4 }]);
  });
});
