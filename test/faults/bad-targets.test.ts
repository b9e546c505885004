import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { imbalance } from '../../harness/model/counts.ts';
import type { Session } from '../../harness/model/session.ts';
import type { Trial } from '../../harness/model/trial.ts';
import { readSession } from '../../harness/store/session-store.ts';
import { type CliResult, httpdyno, sharedFolder } from '../support/cli.ts';
import { processesWith } from '../support/processes.ts';
import { repository } from '../support/source-tree.ts';

const SCENARIO = `id: small
title: Small
request: { path: /payload/1kb }
expect:
  bodyBytes: 1024
  bodySha256: 8d7e566766f6bd1bb4cac87cadfde681197f9243f4d2692a0fd12674092212a7
connections: 2
warmup: 100ms
warmupMax: 100ms
measure: 2s
drain: 500ms
requestTimeout: 1s
`;
const CONNECTIONS = 2;
const MEASURE_S = 2;
const READY_LIMIT_MS = 1_500;

const shared = path.join(repository, 'test', 'targets', 'fixtures');
const own = path.join(import.meta.dirname, 'fixtures');
const DIES_AFTER_MS = '1000';

/** Targets that each fail in a way of their own, and two that do not, in one session. */
const TARGETS: Readonly<Record<string, { program: string; env?: Record<string, string> }>> = {
  'good-a': { program: path.join(shared, 'good.ts') },
  mute: { program: path.join(shared, 'never-listens.ts') },
  quits: { program: path.join(shared, 'exits-with-3.ts') },
  wrong: { program: path.join(shared, 'wrong-body.ts') },
  crashes: { program: path.join(own, 'dies-under-load.ts'), env: { DIES_BY: '1', DIES_AFTER_MS } },
  killed: { program: path.join(own, 'dies-under-load.ts'), env: { DIES_BY: 'SIGKILL', DIES_AFTER_MS } },
  deaf: { program: path.join(shared, 'ignores-sigterm.ts') },
};

function project(): string {
  const folder = sharedFolder();
  mkdirSync(path.join(folder, 'scenarios'));
  writeFileSync(path.join(folder, 'scenarios', 'small.yaml'), SCENARIO);
  for (const [id, { program, env = {} }] of Object.entries(TARGETS)) {
    const place = path.join(folder, 'servers', id);
    mkdirSync(place, { recursive: true });
    writeFileSync(path.join(place, 'server.ts'), `import ${JSON.stringify(program)};\n`);
    const about = { id, name: id, language: 'TypeScript', framework: 'none', build: null, image: null };
    const run = { command: ['node', 'server.ts'], env: { ...env, FIXTURE_ID: id } };
    writeFileSync(path.join(place, 'target.json'), JSON.stringify({ ...about, run, scenarios: ['small'] }));
  }
  return folder;
}

describe('a session of targets that fail', () => {
  const folder = project();
  let ended: CliResult;
  let session: Session;
  beforeAll(async () => {
    const limits = ['--rounds', '1', '--driver', 'dyno', '--ready-timeout', `${READY_LIMIT_MS}ms`];
    ended = await httpdyno(['run', '--no-build', '--launcher', 'process', '--id', 'mixed', ...limits], {
      cwd: folder,
    });
    session = await readSession(path.join(folder, 'results'), 'mixed');
  }, 120_000);

  const trialOf = (id: string): Trial => {
    const found = session.trials.find(({ targetId }) => targetId === id);
    if (found === undefined) throw new Error(`no trial of ${id}\n${ended.stderr}`);
    return found;
  };
  const reasonsOf = (id: string): string[] =>
    trialOf(id).reasons.map(({ code, detail }) => `${code} ${detail}`);
  const loadOf = (id: string) => {
    const trial = trialOf(id);
    return trial.verdict === 'aborted' ? null : trial.load;
  };

  it('F01 F02 F04 F06 F07: ends by itself with exit code 3, every trial accounted for, nothing left', () => {
    expect(ended.code, ended.stderr).toBe(3);
    expect(session.status).toBe('complete');
    expect(session.trials.map(({ targetId }) => targetId).toSorted()).toEqual(
      Object.keys(TARGETS).toSorted(),
    );
    expect(processesWith('HTTPDYNO_SESSION=mixed')).toEqual([]);
    const names = readdirSync(path.join(folder, 'results', 'mixed'));
    expect(names.filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('measures those that do not fail, whatever their neighbours did', () => {
    for (const id of ['good-a', 'deaf']) {
      expect(['valid', 'invalid'], reasonsOf(id).join()).toContain(trialOf(id).verdict);
      expect(loadOf(id)?.counts.ok).toBeGreaterThan(0);
    }
  });

  it('F01: gives up the mute one at the limit ±1 s, with its last 50 lines, and sends no load', () => {
    expect(trialOf('mute').verdict).toBe('failed');
    expect(reasonsOf('mute')[0]).toMatch(/^READY_TIMEOUT after 1500 ms: nothing listened on port \d+$/);
    expect(trialOf('mute').durationMs).toBeGreaterThanOrEqual(READY_LIMIT_MS - 10);
    expect(trialOf('mute').durationMs).toBeLessThan(READY_LIMIT_MS + 1_000 + 2_000);
    expect(trialOf('mute').logTail).toHaveLength(50);
    expect(loadOf('mute')).toBeNull();
  });

  it('F02: tells at once of the one that quits, with its code and its last words', () => {
    expect(trialOf('quits').verdict).toBe('failed');
    expect(reasonsOf('quits')[0]).toMatch(/^TARGET_EXITED code=3/);
    expect(trialOf('quits').logTail).toContain('cannot find my configuration');
    expect(loadOf('quits')).toBeNull();
  });

  it('F04: sends no load to the one that answers wrongly', () => {
    expect(trialOf('wrong').verdict).toBe('failed');
    expect(reasonsOf('wrong')[0]).toMatch(/^VERIFY_FAILED /);
    expect(loadOf('wrong')).toBeNull();
  });

  it.each([
    ['F06', 'crashes', /^TARGET_DIED ended under load with exit code 1/],
    ['F07', 'killed', /^TARGET_DIED ended under load .*signal SIGKILL/],
  ])(
    '%s: keeps what was measured of the one that %s, as failed, and does not hammer its port',
    (_, id, reason) => {
      expect(trialOf(id).verdict).toBe('failed');
      expect(reasonsOf(id)[0]).toMatch(reason);
      const load = loadOf(id);
      if (load === null) throw new Error('the figures are gone');
      expect(load.counts.ok).toBeGreaterThan(0);
      expect(imbalance(load.counts)).toBe(0);
      // At most 20 attempts a second on each connection.
      expect(load.counts.connectError).toBeLessThanOrEqual(20 * CONNECTIONS * MEASURE_S);
    },
  );

  it('F36: notes of the deaf one that it had to be killed', () => {
    expect(reasonsOf('deaf').some((reason) => reason.startsWith('STOPPED_BY_KILL '))).toBe(true);
  });

  it('shows every failure by its code beside the figures', () => {
    for (const code of ['READY_TIMEOUT', 'TARGET_EXITED', 'VERIFY_FAILED', 'TARGET_DIED'])
      expect(ended.stdout).toContain(code);
  });
});
