import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const CANDIDATES = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** The browser that tests may start, or null with a line that says what to install. */
export const CHROMIUM = CANDIDATES.find((path) => path !== undefined && existsSync(path)) ?? null;
if (CHROMIUM === null) {
  process.stderr.write(
    'SKIPPED: no Chromium (apt-get install chromium, or set CHROMIUM): the HTML report is not tested\n',
  );
}

export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    ...(CHROMIUM === null ? {} : { executablePath: CHROMIUM }),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
}

/** A page opened from a file, with everything that it complained of or asked for. */
export interface OpenedPage {
  page: Page;
  context: BrowserContext;
  /** Console errors and warnings, uncaught errors and violations of the content policy. */
  complaints: string[];
  /** Every URL requested, the file itself included. */
  requests: string[];
}

export async function openFile(browser: Browser, path: string): Promise<OpenedPage> {
  const context = await browser.newContext({ acceptDownloads: true, viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(`file://${path}`);
  return { page, context, complaints, requests };
}
