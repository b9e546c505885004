import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../../harness/model/ports.ts';
import { renderHtml } from '../../../harness/reporters/html/page.ts';
import { CHROMIUM, launchBrowser, type OpenedPage, openFile } from './browser.ts';
import { HOSTILE, hostileReport, largeReport, pageReport } from './fixtures.ts';

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

describe.skipIf(CHROMIUM === null)('the page in a browser', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'httpdyno-page-'));
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  async function open(report: Report, other: Report | null = null): Promise<OpenedPage> {
    const file = path.join(folder, 'report.html');
    writeFileSync(file, renderHtml(report, other));
    return openFile(browser, file);
  }

  /** Runs a check on an opened page and then asserts what holds for every page: no complaint, no request but the file. */
  async function onPage(
    report: Report,
    check: (opened: OpenedPage) => Promise<void>,
    other: Report | null = null,
  ): Promise<void> {
    const opened = await open(report, other);
    await check(opened);
    expect(opened.complaints).toEqual([]);
    expect(opened.requests.filter((url) => !url.startsWith('blob:'))).toEqual([
      `file://${folder}/report.html`,
    ]);
    await opened.context.close();
  }

  const targetsOf = (page: Page): Promise<string[]> =>
    page.locator('#scenario-0 tbody tr:visible th').allInnerTexts();

  it('sorts by a figure, both ways, rows without figures last', async () => {
    await onPage(pageReport(), async ({ page }) => {
      const head = page.locator('#scenario-0 thead th', { hasText: 'Throughput' });
      await head.getByRole('button').click();
      expect(await targetsOf(page)).toEqual(['node-http¹', 'hyperlane', 'tokio', 'gin²']);
      expect(await head.getAttribute('aria-sort')).toBe('ascending');
      await head.getByRole('button').press('Enter');
      expect(await targetsOf(page)).toEqual(['tokio', 'hyperlane', 'node-http¹', 'gin²']);
      expect(await head.getAttribute('aria-sort')).toBe('descending');
    });
  });

  it('filters targets by name and trials by verdict and reason', async () => {
    await onPage(pageReport(), async ({ page }) => {
      await page.locator('#scenario-0').getByRole('searchbox').fill('hyper');
      expect(await targetsOf(page)).toEqual(['hyperlane']);
      await page.locator('#trials').getByLabel('Verdict').selectOption('invalid');
      expect(await page.locator('#trials tbody tr:visible').count()).toBe(1);
      await page.locator('#trials').getByLabel('Verdict').selectOption('');
      await page.locator('#trials').getByRole('searchbox').fill('target_died gin');
      expect(await page.locator('#trials tbody tr:visible').allInnerTexts()).toEqual([
        expect.stringContaining('SIGSEGV'),
      ]);
      expect(await page.locator('#trials output').innerText()).toBe('1 of 12 rows');
    });
  });

  it('hides and shows targets in the percentile plot and reads values under the pointer', async () => {
    await onPage(pageReport(), async ({ page }) => {
      const plot = page.locator('#percentiles');
      const lines = (): Promise<(string | null)[]> =>
        plot
          .locator('path[data-line]')
          .evaluateAll((paths) => paths.map((one) => one.getAttribute('data-line')));
      expect(await lines()).toEqual(['tokio', 'hyperlane', 'node-http']);
      await plot.getByLabel('hyperlane').uncheck();
      expect(await lines()).toEqual(['tokio', 'node-http']);
      await plot.locator('.plot').hover({ position: { x: 400, y: 120 } });
      expect(await plot.locator('output').innerText()).toMatch(
        /^[\d.]+ % tokio [\d.]+ (µs|ms)\s+node-http [\d.]+ ms$/,
      );
      await plot.getByLabel('Scenario').selectOption('1mb');
      expect(await plot.locator('.plot text').allTextContents()).toContain('50 ms');
    });
  });

  it('zooms by keyboard and by dragging, and shows everything again', async () => {
    await onPage(pageReport(), async ({ page }) => {
      const plot = page.locator('#percentiles .plot');
      const marks = async (): Promise<string[]> =>
        (await plot.locator('text[text-anchor=middle]').allTextContents()).filter(
          (text) => text.endsWith('%') || text === '0',
        );
      const all = await marks();
      await plot.focus();
      for (const key of ['ArrowRight', 'ArrowRight', '+', '+']) await page.keyboard.press(key);
      expect((await marks()).length).toBeLessThan(all.length);
      expect(await page.locator('#percentiles output').innerText()).toContain('tokio');
      await page.keyboard.press('0');
      expect(await marks()).toEqual(all);
      const box = await plot.boundingBox();
      await page.mouse.move((box?.x ?? 0) + 300, (box?.y ?? 0) + 100);
      await page.mouse.down();
      await page.mouse.move((box?.x ?? 0) + 600, (box?.y ?? 0) + 100, { steps: 4 });
      await page.mouse.up();
      expect((await marks()).length).toBeLessThan(all.length);
      await page.locator('#percentiles').getByRole('button', { name: 'Show all' }).click();
      expect(await marks()).toEqual(all);
    });
  });

  it('shows each trial over time, the warm-up shaded and what is not valid dotted', async () => {
    await onPage(pageReport(), async ({ page }) => {
      const plot = page.locator('#time');
      expect(await plot.locator('path[data-line]').count()).toBe(10);
      expect(
        await plot.locator('path[data-line="gin round 1 (invalid)"]').getAttribute('stroke-dasharray'),
      ).toBe('2 4');
      expect(Number(await plot.locator('rect').getAttribute('width'))).toBeGreaterThan(100);
      await plot.getByLabel('Quantity').selectOption('latency');
      expect(await plot.locator('.plot text').allTextContents()).toContain('1 ms');
    });
  });

  it('saves the histogram of a trial as a log', async () => {
    await onPage(pageReport(), async ({ page }) => {
      const waiting = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Save .hlog of trial 1', exact: true }).click();
      const saved = await waiting;
      expect(saved.suggestedFilename()).toBe('tokio.1kb.1.hlog');
      const text = readFileSync(await saved.path(), 'utf8');
      expect(text).toMatch(/^#\[Histogram log format version 1\.3\]\n/);
      expect(text).toMatch(/\nTag=tokio\.1kb,0\.000,7\.000,0\.000,HISTFAAA[\w+/=]+\n$/);
      expect(await page.locator('[data-histogram="20"] button').count()).toBe(0);
    });
  });

  it('sets a second session beside the first, from the page or from a file', async () => {
    const other = pageReport('session-b');
    await onPage(
      pageReport(),
      async ({ page }) => {
        const table = page.locator('#comparison table');
        expect(await table.locator('thead').innerText()).toMatch(/session-a\s+session-b/);
        expect(await table.locator('tbody tr', { hasText: 'gin' }).first().innerText()).toMatch(
          /failed\s+failed\s+–/,
        );
      },
      other,
    );
    const second = path.join(folder, 'second.html');
    writeFileSync(second, renderHtml(other));
    await onPage(pageReport(), async ({ page }) => {
      expect(await page.locator('#comparison table').count()).toBe(0);
      await page.locator('#comparison input[type=file]').setInputFiles(second);
      await page.locator('#comparison table').waitFor();
      await page.locator('#comparison').getByLabel('Metric').selectOption('latencyP99Us');
      expect(await page.locator('#comparison tbody tr').first().innerText()).toMatch(
        /2\.46 ms.*2\.46 ms.*0\.0 %/s,
      );
    });
  });

  it('S7 refuses a file that is no report, and runs nothing of it', async () => {
    const foreign = path.join(folder, 'foreign.html');
    writeFileSync(
      foreign,
      `<script type="application/json" id="httpdyno-data">{"format":"httpdyno-report-1"}</script>${HOSTILE}`,
    );
    await onPage(pageReport(), async ({ page }) => {
      await page.locator('#comparison input[type=file]').setInputFiles(foreign);
      await page.getByText('This file holds no report').waitFor();
      expect(await page.evaluate('window.owned')).toBeUndefined();
    });
  });

  it('S7 runs no script of hostile texts and shows them as they are', async () => {
    await onPage(
      hostileReport(),
      async ({ page }) => {
        const shown = HOSTILE.replace('\u2028', '').replaceAll(/\s+/g, ' ');
        expect(await page.evaluate('window.owned')).toBeUndefined();
        const name = await page.locator('#scenario-0 tbody th').first().textContent();
        expect(name?.replaceAll(/\s+/g, ' ')).toContain(shown);
        expect(await page.locator('img, body svg:not(.plot):not(.swatch), iframe, object').count()).toBe(0);
        for (const element of await page.locator('button:visible').all()) await element.click();
        await page.mouse.move(300, 300);
        expect(await page.evaluate('window.owned')).toBeUndefined();
      },
      hostileReport(),
    );
  });

  it('has nothing that keyboard or screen reader would stumble over', async () => {
    await onPage(
      pageReport(),
      async ({ page }) => {
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          await page.evaluate(readFileSync(axePath, 'utf8'));
          const found = await page.evaluate<string[]>(
            `axe.run().then(({ violations }) => violations
            .filter(({ impact }) => impact === 'serious' || impact === 'critical')
            .map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 120)).join(' | ')))`,
          );
          expect(found).toEqual([]);
        }
      },
      pageReport('session-b'),
    );
  });

  it('draws its plots on a dark ground for a reader in the dark, and prints them on white', async () => {
    await onPage(pageReport(), async ({ page }) => {
      const styleOf = (part: string, property: string): Promise<string> =>
        page.evaluate<string>(
          `getComputedStyle(document.querySelector('#time .plot${part}')).getPropertyValue('${property}')`,
        );
      const ground = (): Promise<string> => styleOf('', 'background-color');
      expect(await ground()).toBe('rgb(255, 255, 255)');
      await page.emulateMedia({ colorScheme: 'dark' });
      expect(await ground()).toBe('rgb(13, 17, 23)');
      expect(await styleOf(' rect', 'fill')).toBe('rgb(27, 33, 43)');
      expect(await styleOf(' text', 'fill')).toBe('rgb(233, 233, 233)');
      await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
      expect(await ground()).toBe('rgb(255, 255, 255)');
      expect(await styleOf(' rect', 'fill')).toBe('rgb(240, 240, 240)');
    });
  });

  it('prints without controls, with every row', async () => {
    await onPage(pageReport(), async ({ page }) => {
      await page.emulateMedia({ media: 'print' });
      expect(await page.locator('.controls:visible').count()).toBe(0);
      expect(await page.locator('#scenario-0 thead').innerText()).toContain('Throughput');
      const clipped = await page
        .locator('.scroll')
        .evaluateAll((all) => all.filter((one) => one.scrollHeight > one.clientHeight + 1).length);
      expect(clipped).toBe(0);
    });
  });

  it('holds 500 trials, all of which sort and filter', async () => {
    const file = path.join(folder, 'large.html');
    writeFileSync(file, renderHtml(largeReport()));
    const { page, context, complaints } = await openFile(browser, file);
    const rows = page.locator('#trials tbody tr:visible');
    expect(await rows.count()).toBe(500);
    await page.locator('#trials').getByRole('searchbox').fill('target-7 1mb');
    expect(await rows.count()).toBe(10);
    await page.locator('#trials').getByRole('searchbox').fill('');
    const head = page.locator('#trials thead th', { hasText: 'Throughput' });
    await head.getByRole('button').click();
    await head.getByRole('button').click();
    expect(await rows.first().locator('td').first().innerText()).toBe('500');
    expect(complaints).toEqual([]);
    await context.close();
  });
});
