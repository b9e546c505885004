import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Session } from '../../harness/model/session.ts';
import { checkSeal } from '../../harness/store/seal.ts';
import { parseSession } from '../../harness/store/session-store.ts';
import { eventually, scratchFolder, sharedFolder } from '../support/cli.ts';
import { processesWith } from '../support/processes.ts';
import { runOf, type Started, start } from './started.ts';

/** Of all runs here: what the first has calibrated, the others need not. */
const results = sharedFolder();

function stored(id: string): Session {
  const file = path.join(results, id, 'session.json');
  const text = readFileSync(file, 'utf8');
  expect(checkSeal(text)).toBe('intact');
  return parseSession(text, file);
}

async function underLoad(run: Started, id: string): Promise<void> {
  const loading = (): boolean => processesWith(`HTTPDYNO_SESSION=${id}`).length > 0;
  expect(await eventually(loading, 30_000), run.stderr()).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 400));
}

const gone = async (id: string): Promise<boolean> =>
  eventually(() => processesWith(`HTTPDYNO_SESSION=${id}`).length === 0, 2_000);

describe('F21 a run that is interrupted once', () => {
  const interrupted = async (id: string, run: Started, saying: RegExp): Promise<Session> => {
    expect(await eventually(() => saying.test(run.stderr()), 30_000), run.stderr()).toBe(true);
    run.child.kill('SIGINT');
    const { how, afterMs } = await run.ended();
    expect(how, run.stderr()).toBe(130);
    expect(afterMs).toBeLessThan(5_000);
    expect(await gone(id)).toBe(true);
    return stored(id);
  };

  it('while it warms up ends within 5 s with 130, the trial aborted and nothing left', async () => {
    const args = runOf(results, 'warming', { rounds: 1 });
    args[args.indexOf('--warmup') + 1] = '20s';
    const run = start(args);
    await underLoad(run, 'warming');
    const { status, trials } = await interrupted('warming', run, /warming: 1 trials/);
    expect({ status, verdicts: trials.map(({ verdict }) => verdict) }).toEqual({
      status: 'interrupted',
      verdicts: ['aborted'],
    });
  });

  it('between two trials or just after one keeps what is done', async () => {
    const run = start(runOf(results, 'between', { rounds: 5, duration: '200ms' }));
    const { status, trials } = await interrupted('between', run, /\[1\/5\] /);
    expect(status).toBe('interrupted');
    expect(trials.length).toBeGreaterThanOrEqual(1);
    expect(trials.length).toBeLessThan(5);
    expect(trials[0]?.verdict).not.toBe('aborted');
  });
});

describe('F22 a run that is told to end', () => {
  it.each([
    ['SIGTERM', 143],
    ['SIGHUP', 143],
  ] as const)(
    'by %s saves what it has, leaves nothing, and ends with %d within 5 s',
    async (signal, code) => {
      const id = signal.toLowerCase();
      const run = start(runOf(results, id, { duration: '20s' }));
      await underLoad(run, id);
      run.child.kill(signal);
      const { how, afterMs } = await run.ended();
      expect(how, run.stderr()).toBe(code);
      expect(afterMs).toBeLessThan(5_000);
      const session = stored(id);
      expect(session.status).toBe('interrupted');
      expect(session.trials.map(({ verdict }) => verdict)).toEqual(['aborted']);
      expect(await gone(id)).toBe(true);
    },
  );

  it('twice ends at once, the record whole, and leaves no process', async () => {
    const run = start(runOf(results, 'twice', { duration: '20s' }));
    await underLoad(run, 'twice');
    run.child.kill('SIGINT');
    // One event-loop turn apart at least, or the kernel merges the two into one.
    await new Promise((resolve) => setTimeout(resolve, 30));
    run.child.kill('SIGINT');
    const { how, afterMs } = await run.ended();
    expect(how).toBe(130);
    expect(afterMs).toBeLessThan(1_000);
    expect(stored('twice').id).toBe('twice');
    expect(await gone('twice')).toBe(true);
  });

  it.each(['stdout', 'stderr'] as const)('by a reader of its %s that goes away ends, once', async (name) => {
    const id = `epipe-${name}`;
    const run = start(runOf(results, id, { rounds: 2, duration: '300ms' }));
    await underLoad(run, id);
    run.child[name]?.destroy();
    const { how } = await run.ended();
    expect(how).toBe(5);
    expect(stored(id).plan.trials).toHaveLength(2);
    expect(await gone(id)).toBe(true);
  });
});

describe('F26 a second run on the same machine', () => {
  it('is refused with the pid of the first, and may begin when that was killed', async () => {
    const tmp = scratchFolder();
    const first = start(runOf(results, 'first', { duration: '20s' }), tmp);
    await underLoad(first, 'first');
    const second = start(runOf(results, 'second'), tmp);
    expect((await second.ended()).how).toBe(4);
    expect(existsSync(path.join(results, 'second', 'session.json'))).toBe(false);
    // The first goes on undisturbed.
    expect(first.child.exitCode).toBeNull();
    expect(processesWith('HTTPDYNO_SESSION=first').length).toBeGreaterThan(0);
    expect(second.stderr()).toMatch(
      new RegExp(`another measurement runs on this machine: pid ${first.child.pid} since 20\\d\\d-`),
    );
    first.child.kill('SIGKILL');
    await first.ended();
    const third = start(runOf(results, 'third', { rounds: 1, duration: '200ms' }), tmp);
    expect([0, 3], third.stderr()).toContain((await third.ended()).how);
    expect(await gone('first')).toBe(true);
    expect(stored('third').status).toBe('complete');
  });
});
