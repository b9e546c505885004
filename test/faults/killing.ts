import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { randomIndex, seededRandom } from '../../harness/base/random.ts';
import { checkSeal } from '../../harness/store/seal.ts';
import { parseSession } from '../../harness/store/session-store.ts';
import { eventually, scratchFolder } from '../support/cli.ts';
import { processesWith } from '../support/processes.ts';
import { runOf, start } from './started.ts';

/** How long after its start a run may be killed, at most. */
const LATEST_MS = 4_000;
const ID = 'killed';

/**
 * Kills one session with SIGKILL at random moments, resuming it each time, and lets it finish then. After every kill the
 * record is whole or not there yet; in the end the plan is the one that it began with, and nothing is left.
 */
export async function killAtRandomMoments(times: number, seed: number): Promise<void> {
  const random = seededRandom(seed);
  const results = scratchFolder();
  const tmp = scratchFolder();
  const file = path.join(results, ID, 'session.json');
  const next = (): string[] =>
    existsSync(file)
      ? ['resume', ID, '--no-build', '--results', results]
      : runOf(results, ID, { rounds: times, duration: '200ms' });
  let plan: unknown = null;
  let done = 0;
  for (let kill = 0; kill < times; kill++) {
    const run = start(next(), tmp);
    const afterMs = randomIndex(random, LATEST_MS);
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    run.child.kill('SIGKILL');
    const { how } = await run.ended();
    expect(['SIGKILL', 0, 3], run.stderr()).toContain(how);
    const ours = processesWith(`HTTPDYNO_SESSION=${ID}`);
    expect(await eventually(() => !ours.some(isAlive), 2_000), 'a target outlived its harness').toBe(true);
    if (!existsSync(file)) continue;
    const text = readFileSync(file, 'utf8');
    expect(checkSeal(text), `killed ${afterMs} ms after its start`).toBe('intact');
    const session = parseSession(text, file);
    expect(session.plan).toEqual((plan ??= session.plan));
    expect(session.trials.length).toBeGreaterThanOrEqual(done);
    done = session.trials.length;
  }
  const last = start(next(), tmp);
  expect([0, 3], last.stderr()).toContain((await last.ended()).how);
  const session = parseSession(readFileSync(file, 'utf8'), file);
  expect(session.status).toBe('complete');
  expect(session.plan).toEqual(plan ?? session.plan);
  expect(session.trials.map(({ index }) => index)).toEqual(session.plan.trials.map(({ index }) => index));
  expect(readdirSync(path.dirname(file)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  expect(readdirSync(tmp).filter((name) => name.startsWith('httpdyno-lock'))).toHaveLength(1);
  expect(processesWith(`HTTPDYNO_SESSION=${ID}`)).toEqual([]);
}

function isAlive(pid: number): boolean {
  return processesWith(`HTTPDYNO_SESSION=${ID}`).includes(pid);
}
