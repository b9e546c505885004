import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { REPORTERS } from '../../harness/reporters/index.ts';
import { httpdyno, scratchFolder } from '../support/cli.ts';
import { plannedTrial, session, validTrial } from '../support/factories.ts';

/** The first lines of a session's file, which are all that a list reads. */
function store(results: string, id: string, startedAt: string, argv: readonly string[] = ['run']): void {
  mkdirSync(path.join(results, id), { recursive: true });
  const head = { schemaVersion: 1, id, status: 'complete', startedAt, argv, environment: {} };
  writeFileSync(path.join(results, id, 'session.json'), JSON.stringify(head, null, 1));
}

/** A module that makes every import of the drawing library fail. */
const REFUSE_ECHARTS = `data:text/javascript,${encodeURIComponent(
  "import { registerHooks } from 'node:module'; registerHooks({ resolve(name, at, next) { if (name.startsWith('echarts')) throw new Error('echarts was asked for'); return next(name, at); } });",
)}`;

/** A session that can be reported: one target, one trial. */
function storeWhole(results: string): void {
  const planned = [plannedTrial({ index: 0, targetId: 'alpha' })];
  const trials = planned.map((plan) => validTrial(plan));
  const whole = { ...session(planned, { id: 'whole', status: 'complete' }), trials };
  mkdirSync(path.join(results, 'whole'));
  writeFileSync(path.join(results, 'whole', 'session.json'), JSON.stringify(whole));
}

describe('httpdyno report --help', () => {
  it('names every report that there is, and no other', async () => {
    const { stdout } = await httpdyno(['report', '--help']);
    const named = /what to write: (?<ids>[\w\s,-]+)\(default/.exec(stdout)?.groups?.['ids'] ?? '';
    const ids = named
      .replaceAll(/\s+/g, ' ')
      .split(',')
      .map((id) => id.trim());
    expect(ids).toEqual(['terminal', ...REPORTERS.map(({ id }) => id)]);
  });
});

describe('httpdyno report without a session', () => {
  it('takes the one that ran last, whatever the others are called', async () => {
    const results = scratchFolder();
    store(results, 'reference', '2026-01-01T08:30:00.000Z');
    store(results, '20260301-083000', '2026-03-01T08:30:00.000Z');
    // Neither is whole; the error names the one that was chosen.
    const { code, stderr } = await httpdyno(['report', '--results', results]);
    expect(code).not.toBe(0);
    expect(stderr).toContain('20260301-083000');
    expect(stderr).not.toContain('reference');
  });
});

describe('httpdyno report -f terminal', () => {
  it('prints the table, writes no file, and loads nothing that draws', async () => {
    const results = scratchFolder();
    storeWhole(results);
    const { code, stdout, stderr } = await httpdyno(
      ['report', 'whole', '--results', results, '-f', 'terminal'],
      {
        env: { NODE_OPTIONS: `--import=${REFUSE_ECHARTS}` },
      },
    );
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('alpha');
    expect(readdirSync(path.join(results, 'whole'))).toEqual(['session.json']);
  });

  it('would fail if it loaded what draws: every report does', async () => {
    const results = scratchFolder();
    storeWhole(results);
    const { code, stderr } = await httpdyno(['report', 'whole', '--results', results, '-f', 'chart-memory'], {
      env: { NODE_OPTIONS: `--import=${REFUSE_ECHARTS}` },
    });
    expect(code).not.toBe(0);
    expect(stderr).toContain('echarts was asked for');
  });
});
