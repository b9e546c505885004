import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { listSessions } from '../../harness/store/session-headers.ts';
import { createSessionStore } from '../../harness/store/session-store.ts';
import { scratchFolder } from '../support/cli.ts';
import { plannedTrial, session } from '../support/factories.ts';

async function stored(results: string, id: string, startedAt: string): Promise<string> {
  const store = await createSessionStore(results, id);
  await store.save(session([plannedTrial()], { id, startedAt, argv: ['run', '--id', id] }));
  return path.join(results, id, 'session.json');
}

function written(results: string, id: string, text: string): void {
  mkdirSync(path.join(results, id));
  writeFileSync(path.join(results, id, 'session.json'), text);
}

describe('the sessions below a folder', () => {
  it('are listed newest first, whatever they are called, and nothing else with them', async () => {
    const results = scratchFolder();
    await stored(results, 'reference', '2026-01-05T10:00:00.000Z');
    await stored(results, '20260101-000000-aa', '2026-01-01T10:00:00.000Z');
    await stored(results, '20260301-000000-bb', '2026-03-01T10:00:00.000Z');
    mkdirSync(path.join(results, 'stray'));
    writeFileSync(path.join(results, 'note.txt'), '');
    const found = await listSessions(results);
    expect(found.map(({ id }) => id)).toEqual(['20260301-000000-bb', 'reference', '20260101-000000-aa']);
    expect(found[1]).toMatchObject({
      kind: 'read',
      header: {
        status: 'running',
        startedAt: '2026-01-05T10:00:00.000Z',
        argv: ['run', '--id', 'reference'],
      },
    });
  });

  it('are none where there is no folder', async () => {
    expect(await listSessions(path.join(scratchFolder(), 'nowhere'))).toEqual([]);
  });

  it('are told from their first lines alone: what follows is not read', async () => {
    const results = scratchFolder();
    const head =
      '{\n "schemaVersion": 1,\n "id": "x",\n "status": "running",\n "startedAt": "2026-02-03T04:05:06.000Z",\n "argv": [],\n "environment": {';
    written(results, 'torn', `${head} this is no JSON ${' '.repeat(200_000)}`);
    expect(await listSessions(results)).toEqual([
      {
        id: 'torn',
        kind: 'read',
        header: { schemaVersion: 1, status: 'running', startedAt: '2026-02-03T04:05:06.000Z', argv: [] },
      },
    ]);
  });

  it('say so where they are of a newer schema, or not ours at all, and stand last', async () => {
    const results = scratchFolder();
    await stored(results, 'ours', '2026-01-01T10:00:00.000Z');
    written(results, 'newer', '{\n "schemaVersion": 99,\n "status": "molten"\n}');
    written(results, 'empty', '');
    written(results, 'foreign', '[1, 2, 3]');
    mkdirSync(path.join(results, 'folder', 'session.json'), { recursive: true });
    const found = await listSessions(results);
    expect(found.map((one) => [one.id, one.kind === 'read' ? one.header.status : one.why])).toEqual([
      ['ours', 'running'],
      ['newer', 'schema 99, newer than known here'],
      ['foreign', 'not readable'],
      ['empty', 'not readable'],
    ]);
  });

  it('may be very many', async () => {
    const results = scratchFolder();
    const head =
      '{\n "schemaVersion": 1,\n "status": "complete",\n "startedAt": "2026-02-03T04:05:06.000Z",\n "argv": ["run"],\n "environment": {}\n}';
    for (let index = 0; index < 1_000; index++) written(results, `s${String(index).padStart(4, '0')}`, head);
    const found = await listSessions(results);
    expect(found).toHaveLength(1_000);
    expect(found.every(({ kind }) => kind === 'read')).toBe(true);
    expect(found[0]?.id).toBe('s0999');
  });
});
