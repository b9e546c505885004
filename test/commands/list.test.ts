import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { httpdyno, scratchFolder } from '../support/cli.ts';

/** The first lines of a session's file, which are all that a list reads. */
function store(results: string, id: string, startedAt: string, argv: readonly string[] = ['run']): void {
  mkdirSync(path.join(results, id), { recursive: true });
  const head = { schemaVersion: 1, id, status: 'complete', startedAt, argv, environment: {} };
  writeFileSync(path.join(results, id, 'session.json'), JSON.stringify(head, null, 1));
}

/** The rows below a heading, as lists of cells. */
function rowsBelow(text: string, heading: RegExp): string[][] {
  const lines = text.slice(text.search(heading)).split('\n');
  return lines
    .filter((line) => line.startsWith('│'))
    .map((line) =>
      line
        .split('│')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

describe('httpdyno list', () => {
  it('shows targets, scenarios and sessions, the newest session first', async () => {
    const results = scratchFolder();
    store(results, 'zebra', '2026-01-01T08:30:00.000Z');
    store(results, 'aardvark', '2026-03-01T08:30:00.000Z', ['run', '--rounds', '5']);
    const { code, stdout } = await httpdyno(['list', '--results', results]);
    expect(code).toBe(0);
    expect(stdout).toContain('GET /payload/1kb');
    expect(rowsBelow(stdout, /^sessions in/m).slice(1)).toEqual([
      ['aardvark', '2026-03-01 08:30', 'complete', 'run --rounds 5'],
      ['zebra', '2026-01-01 08:30', 'complete', 'run'],
    ]);
  });

  it('shows twenty sessions and counts the older ones', async () => {
    const results = scratchFolder();
    for (let day = 1; day <= 23; day++)
      store(results, `s${day}`, `2026-01-${String(day).padStart(2, '0')}T00:00:00.000Z`);
    const { stdout } = await httpdyno(['list', '--results', results]);
    expect(rowsBelow(stdout, /^sessions in/m)).toHaveLength(21);
    expect(stdout).toContain('and 3 older');
  });

  it('S8 passes nothing of a session on to the terminal, and keeps its lines short', async () => {
    const results = scratchFolder();
    const evil = `\u001b[2J${'x'.repeat(500)}`;
    store(results, 'evil', '2026-01-01T08:30:00.000Z', ['run', '--id', evil]);
    const { stdout } = await httpdyno(['list', '--results', results]);
    expect(stdout).not.toContain('\u001b');
    for (const line of stdout.split('\n')) expect(Array.from(line).length).toBeLessThanOrEqual(130);
  });

  it('says why a session cannot be told, and gives ids as JSON', async () => {
    const results = scratchFolder();
    store(results, 'good', '2026-01-01T08:30:00.000Z');
    mkdirSync(path.join(results, 'newer'));
    writeFileSync(path.join(results, 'newer', 'session.json'), '{"schemaVersion":99}');
    const { stdout } = await httpdyno(['list', '--results', results]);
    expect(rowsBelow(stdout, /^sessions in/m).at(-1)).toEqual([
      'newer',
      '',
      'schema 99, newer than known here',
      '',
    ]);
    const json = await httpdyno(['list', '--results', results, '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ sessions: ['good', 'newer'] });
  });

  it('says that there is none yet', async () => {
    const { stdout } = await httpdyno(['list', '--results', path.join(scratchFolder(), 'nowhere')]);
    expect(stdout).toContain('none yet');
  });
});
