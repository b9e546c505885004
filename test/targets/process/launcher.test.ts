import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../harness/base/clock.ts';
import { spawnChild } from '../../../harness/base/subprocess.ts';
import type { RunningTarget } from '../../../harness/model/ports.ts';
import { livingMembers } from '../../../harness/targets/members.ts';
import { environmentOf, liveProcesses, readProcess } from '../../../harness/targets/proc/processes.ts';
import { loopbackListeners } from '../../../harness/targets/proc/sockets.ts';
import { argvOf, createProcessLauncher } from '../../../harness/targets/process/launcher.ts';
import { holds } from '../../../harness/targets/process/stop-group.ts';
import { targetSpec } from '../../support/factories.ts';
import { fixtureSpec, fixturesFolder, launchOptions, targetFleet } from '../support/fixtures.ts';
import { keepsContract, wireServer } from '../support/wire-server.ts';

const fleet = targetFleet();
afterEach(fleet.stopAll);

/** Waits until the target has logged a line that matches. */
async function logged(target: RunningTarget, pattern: RegExp, withinMs = 10_000): Promise<string[]> {
  await holds(() => target.logTail().some((line) => pattern.test(line)), withinMs, systemClock);
  return target.logTail();
}

function listening(target: RunningTarget): Promise<boolean> {
  return holds(() => (loopbackListeners(target.address.port) ?? []).length > 0, 10_000, systemClock);
}

/** Processes that were started with a nonce, wherever they have gone since. */
function bearersOf(nonce: string): number[] {
  return liveProcesses().flatMap(({ pid }) =>
    environmentOf(pid).get('HTTPDYNO_NONCE') === nonce ? [pid] : [],
  );
}

describe('a started process', () => {
  it('sees the contract, its own settings and our labels, and nothing else of our environment', async () => {
    process.env['SECRET_OF_THE_HARNESS'] = 'canary';
    const target = await fleet.start(fixtureSpec('prints-environment', { OWN: 'setting', PORT: '1' }), {
      workers: 3,
      nonce: 'abc',
    });
    const lines = await logged(target, /^ARGV=/);
    delete process.env['SECRET_OF_THE_HARNESS'];
    const names = lines.map((line) => line.split('=')[0] ?? '').filter((name) => name !== 'ARGV');
    const expected = [
      'HOST',
      'HTTPDYNO_NONCE',
      'HTTPDYNO_OWNER',
      'HTTPDYNO_SESSION',
      'OWN',
      'PATH',
      'PORT',
      'WORKERS',
    ];
    expect(names.filter((name) => name !== 'HOME').toSorted()).toEqual(expected);
    expect(lines).toContain(`PORT=${target.address.port}`);
    expect(lines).toContain('WORKERS=3');
    expect(lines).toContain('HTTPDYNO_NONCE=abc');
    expect(lines).toContain('HOST=127.0.0.1');
    expect(lines.join()).not.toContain('canary');
  });

  it('runs on the CPUs that it was given', async () => {
    const target = await fleet.start(fixtureSpec('never-listens'), { cpus: [0] });
    await logged(target, /line 80/);
    const pid = target.scope.kind === 'process-group' ? target.scope.leaderPid : 0;
    expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toMatch(/^Cpus_allowed_list:\t0$/m);
  });

  it('leads a group of its own, on a port of its own', async () => {
    const [one, other] = await Promise.all([
      fleet.start(fixtureSpec('good')),
      fleet.start(fixtureSpec('good')),
    ]);
    expect(one.address.port).not.toBe(other.address.port);
    expect(one.scope).not.toEqual(other.scope);
  });

  it('shows the last 50 lines of its log', async () => {
    const target = await fleet.start(fixtureSpec('never-listens'));
    const lines = await logged(target, /line 80/);
    expect(lines).toHaveLength(50);
    expect(lines[0]).toBe('line 31');
  });

  it('F07 tells the signal that ended it', async () => {
    const target = await fleet.start(fixtureSpec('good'));
    const pid = target.scope.kind === 'process-group' ? target.scope.leaderPid : 0;
    process.kill(pid, 'SIGKILL');
    expect(await target.exited).toEqual({ exitCode: null, signal: 'SIGKILL', oomKilled: false });
  });

  it('S12 gets every word of its command as it stands, for no shell reads it', async () => {
    const hostile = ['$(touch pwned)', ';touch pwned', '`id`', 'a\nb', '--privileged', '--', ' '];
    const spec = fixtureSpec('prints-environment');
    const target = await fleet.start({
      ...spec,
      run: { ...spec.run, command: [...spec.run.command, ...hostile] },
    });
    const lines = await logged(target, /^ARGV=/);
    expect(lines.at(-1)).toBe(`ARGV=${JSON.stringify(hostile)}`);
  });
});

describe('the command of a target', () => {
  it('that starts with node runs on the very binary that runs httpdyno', () => {
    expect(argvOf(fixtureSpec('good'))).toEqual([process.execPath, 'good.ts']);
  });

  it('with a relative path stands in the folder of the target', () => {
    const spec = targetSpec('x', {
      folder: '/servers/x',
      run: { command: ['./bin/server', '--flag'], env: {} },
    });
    expect(argvOf(spec)).toEqual(['/servers/x/bin/server', '--flag']);
  });

  it('with a bare name is looked for on the PATH', () => {
    expect(argvOf(targetSpec('x', { run: { command: ['python3', 'app.py'], env: {} } }))[0]).toBe('python3');
  });
});

describe('what a record says of a start', () => {
  it('is the command of the target’s file, with no path of this machine', async () => {
    const spec = fixtureSpec('good');
    const target = await fleet.start(spec);
    expect(target.argv).toEqual(spec.run.command);
    expect(target.argv.join(' ')).not.toContain(process.execPath);
  });
});

describe('a process that cannot be started', () => {
  it('is unavailable with the command that builds it', async () => {
    const build = { needs: [], command: ['make'], env: {}, inputs: ['x'], artifacts: ['no-such-artifact'] };
    const launcher = createProcessLauncher();
    expect(await launcher.unavailable(targetSpec('x', { build }))).toBe(
      'not built yet: npm run build:servers',
    );
    expect(await launcher.unavailable(fixtureSpec('good'))).toBeNull();
  });

  it('is unavailable with the toolchain that it needs where there is none', async () => {
    const build = {
      needs: ['no-such-tool'],
      command: ['make'],
      env: {},
      inputs: ['x'],
      artifacts: ['no-such-artifact'],
    };
    expect(await createProcessLauncher().unavailable(targetSpec('x', { build }))).toBe('needs no-such-tool');
  });

  it('ends with the reason in its log when its program does not exist', async () => {
    const target = await fleet.start(
      targetSpec('x', { folder: '/tmp', run: { command: ['/no/such/server'], env: {} } }),
    );
    expect((await target.exited).exitCode).not.toBe(0);
    expect(target.logTail().join()).toContain('/no/such/server');
  });

  it('F18 is not started on a port that a foreign process holds: it is named, and gets no request', async () => {
    const foreign = await wireServer(keepsContract);
    const launcher = createProcessLauncher({ pickPort: async () => foreign.address.port });
    const outcome = await launcher.launch(fixtureSpec('good'), launchOptions());
    expect(outcome).toMatchObject({
      kind: 'failed',
      reason: { code: 'PORT_IN_USE', detail: expect.stringContaining(`pid ${process.pid}`) },
    });
    expect(foreign.accepted()).toBe(0);
    await foreign.close();
  });
});

describe('stopping a process', () => {
  it('ends it by SIGTERM where that is enough, and frees its port', async () => {
    const target = await fleet.start(fixtureSpec('good'));
    await listening(target);
    expect(await target.stop()).toEqual({
      exit: { exitCode: 0, signal: null, oomKilled: false },
      killed: false,
    });
    expect(loopbackListeners(target.address.port)).toEqual([]);
  });

  it('happens once, however often it is asked for', async () => {
    const target = await fleet.start(fixtureSpec('good'));
    expect(target.stop()).toBe(target.stop());
    await target.stop();
  });

  it('F36 kills what ignores SIGTERM after the grace, and notes it', async () => {
    const target = await fleet.start(fixtureSpec('ignores-sigterm'));
    await listening(target);
    const startedAt = performance.now();
    const stopped = await target.stop();
    expect(stopped).toEqual({ exit: { exitCode: null, signal: 'SIGKILL', oomKilled: false }, killed: true });
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(295);
    expect(livingMembers(target)).toEqual([]);
  });

  it('F35 ends a grandchild that left the group and holds the port', async () => {
    const target = await fleet.start(fixtureSpec('grandchild'));
    await listening(target);
    expect(livingMembers(target)).toHaveLength(2);
    const startedAt = performance.now();
    await target.stop();
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    expect(livingMembers(target)).toEqual([]);
    expect(loopbackListeners(target.address.port)).toEqual([]);
  });

  it('notices the end of a process whose child still holds its streams, and ends that child too', async () => {
    const target = await fleet.start(fixtureSpec('exits-leaving-child'));
    expect(await target.exited).toMatchObject({ exitCode: 3 });
    expect(target.logTail()).toEqual(['my worker lives on']);
    expect(livingMembers(target)).toHaveLength(1);
    await target.stop();
    expect(livingMembers(target)).toEqual([]);
  });

  it('of one that has ended already is no error', async () => {
    const target = await fleet.start(fixtureSpec('exits-with-3'));
    await target.exited;
    expect(await target.stop()).toMatchObject({ exit: { exitCode: 3 }, killed: false });
  });

  it('leaves a neighbour alone', async () => {
    const [one, other] = await Promise.all([
      fleet.start(fixtureSpec('good')),
      fleet.start(fixtureSpec('good')),
    ]);
    await listening(other);
    await one.stop();
    expect(livingMembers(other)).toHaveLength(1);
  });
});

describe('a harness that is killed', () => {
  /** Starts a harness of its own with a fixture, kills it without warning, and gives what it had started. */
  async function orphan(fixture: string, processes: number): Promise<{ pid: number; nonce: string }> {
    let said = '';
    const harness = spawnChild(process.execPath, [path.join(fixturesFolder, 'doomed-harness.ts'), fixture], {
      onOutput: (chunk) => {
        said += Buffer.from(chunk).toString();
      },
      cpus: null,
      env: { PATH: process.env['PATH'] ?? '' },
      cwd: fixturesFolder,
    });
    if (!('exited' in harness)) throw new Error('the harness does not start');
    await holds(() => said.includes('\n'), 15_000, systemClock);
    const [pid = '', nonce = ''] = said.trim().split(' ');
    await holds(() => bearersOf(nonce).length >= processes, 10_000, systemClock);
    process.kill(harness.pid, 'SIGKILL');
    await harness.exited;
    return { pid: Number(pid), nonce };
  }

  it('F23 takes its target along: the kernel sees to that', async () => {
    const { pid } = await orphan('never-listens', 1);
    expect(pid).toBeGreaterThan(0);
    expect(await holds(() => readProcess(pid)?.zombie ?? true, 2_000, systemClock)).toBe(true);
  });

  it('F23 F35 leaves a grandchild behind at most, which the next start sweeps', async () => {
    const { pid, nonce } = await orphan('grandchild', 2);
    expect(await holds(() => bearersOf(nonce).length === 1, 2_000, systemClock)).toBe(true);
    const [left] = bearersOf(nonce);
    expect(left).not.toBe(pid);
    const lines = await fleet.launcher.sweep();
    expect(lines.some((line) => line.startsWith(`ended pid ${left} `))).toBe(true);
    expect(bearersOf(nonce)).toEqual([]);
  });
});

describe('a process that floods its log', () => {
  it('F34 costs the harness less than 50 MB for a flood of 100 MB, keeps its end, and is still served', async () => {
    const before = process.memoryUsage().rss;
    const target = await fleet.start(fixtureSpec('floods-stdout', { FLOOD_BYTES: '100000000' }));
    expect(
      await holds(() => (loopbackListeners(target.address.port) ?? []).length > 0, 20_000, systemClock),
    ).toBe(true);
    // What stays is the 1 MiB of the log, and what the test itself takes while it waits.
    const grownMb = (process.memoryUsage().rss - before) / 1e6;
    expect(grownMb).toBeLessThan(50);
    expect(target.logTail().at(-1)).toBe('last line');
  });
});
