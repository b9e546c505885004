import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderHtml } from '../../../harness/reporters/html/page.ts';
import { whenQuiet } from '../../support/quiet.ts';
import { CHROMIUM, launchBrowser, openFile } from './browser.ts';
import { largeReport } from './fixtures.ts';

describe.skipIf(CHROMIUM === null)('the page of a large session', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'httpdyno-large-'));
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  it('is ready within a second with 500 trials, and filters and sorts them as fast', async (test) => {
    const file = path.join(folder, 'large.html');
    writeFileSync(file, renderHtml(largeReport()));
    await whenQuiet(test, async () => {
      const { page, context } = await openFile(browser, file);
      const readyMs = await page.evaluate<number>(
        'performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd',
      );
      const answeredMs = await page.evaluate<number>(`(() => {
        const box = document.querySelector('#trials input[type=search]');
        const sort = document.querySelector('#trials thead button');
        const start = performance.now();
        box.value = 'target-7';
        box.dispatchEvent(new Event('input', { bubbles: true }));
        sort.click();
        document.body.getBoundingClientRect();
        return performance.now() - start;
      })()`);
      await context.close();
      expect(readyMs).toBeLessThan(1_000);
      expect(answeredMs).toBeLessThan(1_000);
    });
  });
});
