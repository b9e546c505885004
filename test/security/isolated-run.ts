import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect } from 'vitest';
import { parseSession } from '../../harness/store/session-store.ts';
import type { Session } from '../../harness/model/session.ts';
import { readFileSync } from 'node:fs';
import { scratchFolder } from '../support/cli.ts';
import { repository } from '../support/source-tree.ts';

/** A run in a network namespace that has a loopback interface and no other, and so no route to anywhere. */
export function runWithoutNetwork(flags: readonly string[], timeoutMs: number): Session {
  const results = scratchFolder();
  const cli = path.join(repository, 'harness', 'cli.ts');
  const script =
    'ip link set lo up && test -z "$(ip route show table all | grep -v "^local\\|^broadcast\\|dev lo")" && exec "$@"';
  const run = [
    process.execPath,
    cli,
    'run',
    '--launcher',
    'process',
    '--results',
    results,
    '--id',
    'alone',
    ...flags,
  ];
  const { status, stdout, stderr } = spawnSync('unshare', ['--net', 'sh', '-c', script, 'sh', ...run], {
    encoding: 'utf8',
    cwd: repository,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '',
      TMPDIR: scratchFolder(),
      NO_COLOR: '1',
    },
    timeout: timeoutMs,
  });
  expect([0, 3], stderr).toContain(status);
  expect(stdout, stderr).toMatch(/connections, closed loop/);
  const file = path.join(results, 'alone', 'session.json');
  return parseSession(readFileSync(file, 'utf8'), file);
}

/** Every planned trial loaded its target and counted its answers; what a busy machine makes of the figures is another matter. */
export function expectMeasured({ status, plan, trials }: Session): void {
  expect(status).toBe('complete');
  expect(trials.map(({ index }) => index)).toEqual(plan.trials.map(({ index }) => index));
  for (const trial of trials) {
    expect(['valid', 'invalid'], JSON.stringify(trial.reasons)).toContain(trial.verdict);
    expect(trial.verdict === 'aborted' ? 0 : (trial.load?.counts.ok ?? 0)).toBeGreaterThan(0);
  }
}
