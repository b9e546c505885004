import { linkSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '../harness/base/clock.ts';
import { runCommand } from '../harness/base/subprocess.ts';
import type { Session } from '../harness/model/session.ts';
import { openSessionStore, readSession } from '../harness/store/session-store.ts';

/**
 * How long a user waits for reports: each command as a process of its own, on sessions grown from a stored one, so that histograms
 * and series have the sizes of real ones. The best of some runs counts: other work on the machine only ever adds to it.
 */
const root = path.resolve(import.meta.dirname, '..');
const { values } = parseArgs({
  options: {
    session: { type: 'string', default: 'reference' },
    trials: { type: 'string', default: '80,500' },
    sessions: { type: 'string', default: '1000' },
    runs: { type: 'string', default: '3' },
  },
});

/** The session with its trials repeated, round after round, until there are so many. */
function grown(session: Session, id: string, count: number): Session {
  const perRound = Math.max(1, Math.round(session.trials.length / session.plan.rounds));
  const trials = Array.from({ length: count }, (_, index) => {
    const trial = session.trials[index % session.trials.length];
    if (trial === undefined) throw new Error(`${session.id} has no trials`);
    return { ...trial, index, round: Math.floor(index / perRound) };
  });
  const planned = trials.map(({ index, round, targetId, scenarioId, seed }) => {
    return { index, round, targetId, scenarioId, seed };
  });
  const plan = { ...session.plan, rounds: Math.ceil(count / perRound), trials: planned };
  return { ...session, id, plan, trials };
}

async function bestMs(args: readonly string[]): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < Number(values.runs); run++) {
    const startUs = systemClock.monotonicUs();
    const command = { file: process.execPath, args: [path.join(root, 'harness', 'main.ts'), ...args], cwd: root };
    const { exitCode, stderr } = await runCommand(command, { timeoutMs: 120_000 });
    if (exitCode !== 0) throw new Error(`${args.join(' ')}: ${stderr.slice(0, 500)}`);
    best = Math.min(best, (systemClock.monotonicUs() - startUs) / 1_000);
  }
  return best;
}

async function show(what: string, args: readonly string[]): Promise<void> {
  process.stdout.write(`${what.padEnd(44)}${Math.round(await bestMs(args)).toString().padStart(7)} ms\n`);
}

const folder = mkdtempSync(path.join(tmpdir(), 'httpdyno-bench-'));
try {
  const stored = await readSession(path.join(root, 'results'), values.session);
  await show('nothing: --version', ['--version']);
  for (const count of values.trials.split(',').map(Number)) {
    const id = `trials-${count}`;
    await (await openSessionStore(folder, id)).save(grown(stored, id, count));
    const at = ['report', id, '--results', folder];
    await show(`${count} trials: the table alone`, [...at, '--format', 'terminal']);
    await show(`${count} trials: every report`, at);
    const pageBytes = statSync(path.join(folder, id, 'report.html')).size;
    process.stdout.write(`${`${count} trials: size of the page`.padEnd(44)}${(pageBytes / 1e6).toFixed(2).padStart(7)} MB\n`);
  }
  const many = path.join(folder, 'many');
  for (let index = 0; index < Number(values.sessions); index++) {
    const place = path.join(many, `session-${index}`);
    mkdirSync(place, { recursive: true });
    linkSync(path.join(folder, `trials-${values.trials.split(',')[0]}`, 'session.json'), path.join(place, 'session.json'));
  }
  await show(`list of ${values.sessions} sessions`, ['list', '--results', many]);
  await show('history of baselines', ['history', '--results', many]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
