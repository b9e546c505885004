import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Session } from '../../harness/model/session.ts';
import { CHROMIUM, launchBrowser, openFile } from '../reporters/html/browser.ts';
import { httpdyno, scratchFolder } from '../support/cli.ts';
import { loadResult, plannedTrial, session, validTrial } from '../support/factories.ts';

/** Stores a session of two targets and three rounds, in which both answer at the given rates. */
function store(results: string, id: string, rates: Readonly<Record<string, number>>): void {
  const planned = Object.keys(rates).flatMap((targetId, target) =>
    [0, 1, 2].map((round) => plannedTrial({ index: target * 3 + round, round, targetId })),
  );
  const record: Session = {
    ...session(planned, { id, status: 'complete' }),
    trials: planned.map((plan) => {
      const load = loadResult();
      const seconds = (load.window.endUs - load.window.startUs) / 1e6;
      const completedInWindow = Math.round((rates[plan.targetId] ?? 0) * seconds);
      return validTrial({ ...plan, load: { ...load, completedInWindow } });
    }),
  };
  mkdirSync(path.join(results, id), { recursive: true });
  writeFileSync(path.join(results, id, 'session.json'), JSON.stringify(record));
}

describe('compare --html', () => {
  let browser: Browser | null = null;
  beforeAll(async () => {
    if (CHROMIUM !== null) browser = await launchBrowser();
  });
  afterAll(async () => browser?.close());

  it.skipIf(CHROMIUM === null)(
    'writes a page that shows the candidate with the baseline beside it',
    async () => {
      const results = scratchFolder();
      store(results, 'before', { alpha: 1_000, beta: 2_000 });
      store(results, 'after', { alpha: 1_100, beta: 1_000 });
      const file = path.join(results, 'both.html');
      const args = ['compare', 'before', 'after', '--results', results, '--html', file];
      const { code, stderr, stdout } = await httpdyno(args);
      expect([code, stderr.trim()]).toEqual([0, expect.stringMatching(/^written: .*both\.html$/)]);
      expect(stdout).toContain('candidate');
      if (browser === null) throw new Error('no browser');
      const { page, context, complaints, requests } = await openFile(browser, file);
      expect(await page.title()).toBe('httpdyno after beside before');
      const table = page.locator('#comparison table');
      expect((await table.locator('thead').innerText()).split(/\s*\t\s*|\n/).filter(Boolean)).toEqual([
        'Target',
        'Scenario',
        'after',
        'before',
        'Change from before',
      ]);
      const changes = await table
        .locator('tbody tr')
        .evaluateAll((rows) =>
          rows.map((row) => [
            row.querySelector('th')?.textContent,
            row.querySelector('td:last-child')?.textContent,
          ]),
        );
      expect(changes).toEqual([
        ['alpha', '+10.0 %'],
        ['beta', '-50.0 %'],
      ]);
      // What one came for stands before everything else.
      expect(await page.locator('main > section').first().getAttribute('id')).toBe('comparison');
      expect(await page.locator('#comparison').count()).toBe(1);
      expect(complaints).toEqual([]);
      expect(requests).toEqual([`file://${file}`]);
      await context.close();
    },
  );

  it('keeps the trials of the baseline out of the page', async () => {
    const results = scratchFolder();
    store(results, 'before', { alpha: 1_000 });
    store(results, 'after', { alpha: 1_100 });
    const file = path.join(results, 'both.html');
    expect((await httpdyno(['compare', 'before', 'after', '--results', results, '--html', file])).code).toBe(
      0,
    );
    const island =
      /id="httpdyno-data">(?<json>[^<]*)</.exec(readFileSync(file, 'utf8'))?.groups?.['json'] ?? '';
    const data = JSON.parse(island);
    expect(data.trials).toHaveLength(3);
    expect(data.other).toMatchObject({ session: { id: 'before' }, trials: [] });
  });

  it('refuses two targets of one session, whose report shows both', async () => {
    const results = scratchFolder();
    store(results, 'one', { alpha: 1_000, beta: 2_000 });
    const args = ['compare', 'one:alpha', 'one:beta', '--results', results, '--html', 'both.html'];
    const { code, stderr } = await httpdyno(args);
    expect(code).toBe(2);
    expect(stderr).toContain('open the report.html of one');
  });
});
