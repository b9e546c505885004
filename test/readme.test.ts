import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { summarize } from '../harness/analysis/summarize.ts';
import type { Report } from '../harness/model/ports.ts';
import { REPORTERS } from '../harness/reporters/index.ts';
import { updateBetweenMarkers } from '../harness/reporters/markers.ts';
import { readSession } from '../harness/store/session-store.ts';
import { repository } from './support/source-tree.ts';

const read = (file: string): string => readFileSync(path.join(repository, file), 'utf8');
const REBUILD =
  'run `npx httpdyno report reference`, then `npx httpdyno report reference --update README.md`';

async function reference(): Promise<Report> {
  const session = await readSession(path.join(repository, 'results'), 'reference');
  return { session, summary: summarize(session) };
}

/** The pictures that the README shows, as paths from the repository. */
function pictures(): string[] {
  return [...read('README.md').matchAll(/!\[[^\]]+\]\((results\/reference\/[^)]+)\)/g)].map(
    ([, file = '']) => file,
  );
}

describe('what the README quotes', () => {
  it('are the tables of the reference session, to the letter', async () => {
    const text = read('README.md');
    const updated = updateBetweenMarkers(text, await reference());
    expect(updated.kind === 'updated' && updated.text === text, REBUILD).toBe(true);
  });

  it('are the pictures of the reference session, as its raw data draw them', async () => {
    const report = await reference();
    expect(pictures().length).toBeGreaterThanOrEqual(2);
    for (const file of pictures()) {
      const reporter = REPORTERS.find(({ fileName }) => fileName === path.basename(file));
      expect(reporter?.render(report) === read(file), `${file}: ${REBUILD}`).toBe(true);
    }
  });

  it('is a session that ended, with every planned trial', async () => {
    const { session } = await reference();
    expect(session.status).toBe('complete');
    expect(session.trials).toHaveLength(session.plan.trials.length);
  });

  it('is described by its pictures to those who cannot see them', () => {
    for (const file of pictures()) expect(read(file)).toMatch(/<title>[^<]{20,}<\/title>/);
  });
});
