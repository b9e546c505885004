import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseSession } from '../../harness/store/session-store.ts';
import { scratchFolder } from '../support/cli.ts';
import { runOf, start } from './started.ts';

/** Keeps a CPU busy for a bounded time. */
const BURN = 'const end = performance.now() + 60_000; while (performance.now() < end);';

describe('F29 a noisy neighbour', () => {
  it('on every CPU makes the trial invalid, or warns, and is named', async () => {
    const burners = Array.from({ length: os.availableParallelism() }, () =>
      spawn(process.execPath, ['-e', BURN]),
    );
    onTestFinished(() => {
      for (const burner of burners) burner.kill('SIGKILL');
    });
    const results = scratchFolder();
    const run = start(runOf(results, 'noisy', { rounds: 1, duration: '3s' }));
    expect([0, 3], run.stderr()).toContain((await run.ended()).how);
    const file = path.join(results, 'noisy', 'session.json');
    const [trial] = parseSession(readFileSync(file, 'utf8'), file).trials;
    const codes = [...(trial?.reasons ?? []), ...(trial?.firstAttempt ?? [])].map(({ code }) => code);
    expect(codes).toEqual(expect.arrayContaining([expect.stringMatching(/^(NOISY_ENV|ENV_BUSY)$/)]));
  });
});
