import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { jsonIsland, renderHtml } from '../../../harness/reporters/html/page.ts';
import { pageDataOf } from '../../../harness/reporters/html/page-data.ts';
import { hostileReport, largeReport, pageReport } from './fixtures.ts';

const html = renderHtml(pageReport());

function between(text: string, open: string, close: string): string {
  const from = text.indexOf(open) + open.length;
  return text.slice(from, text.indexOf(close, from));
}

describe('the page', () => {
  it('S7 allows only its own script and style, by hash, and nothing from anywhere', () => {
    const policy = between(html, 'Content-Security-Policy" content="', '">');
    const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      `script-src ${hash(between(html, '</script>\n<script>', '</script>'))}`,
      `style-src ${hash(between(html, '<style>', '</style>'))}`,
      "base-uri 'none'",
      "form-action 'none'",
    ]);
  });

  it('refers to nothing outside itself', () => {
    const markup = html.replace(/<script>[^]*<\/script>/, '');
    expect(markup).not.toMatch(/\b(?:src|action|data)=|url\(|@import|https?:\/\//i);
    expect(markup.match(/href="[^"]*"/g)).toEqual(['href="#main"']);
  });

  it('S7 leaves no way out of an island of JSON', () => {
    const island = jsonIsland({ a: '</script><!--', b: '\u2028\u2029' });
    expect(island).not.toMatch(/[<\u2028\u2029]/);
    expect(JSON.parse(island)).toEqual({ a: '</script><!--', b: '\u2028\u2029' });
  });

  it('S7 escapes every hostile text in the markup', () => {
    const hostile = renderHtml(hostileReport());
    expect(hostile.match(/<script/g)).toHaveLength(2);
    const markup = hostile.replaceAll(/<script[^]*?<\/script>/g, '').replaceAll(/="[^"]*"/g, '=""');
    expect(markup).not.toMatch(/<img|<svg|<[^>]*\son\w+=/i);
  });

  it('has all figures, reasons and log lines without any script', () => {
    const bare = html.replaceAll(/<script[^]*?<\/script>/g, '');
    expect(bare).toContain('147,000 <small>±2.5 %</small>');
    expect(bare).toContain('≥ 6,700¹');
    expect(bare).toContain('<strong>failed</strong>: TARGET_ERRORS');
    expect(bare).toContain('<code>TARGET_DIED</code> the target died under load (signal SIGSEGV after 3.2s)');
    expect(bare).toContain('panic: out of luck');
    expect(bare).toContain('<noscript>');
  });

  it('stays below 1.5 MB with 500 trials, and says which histograms it lacks', () => {
    const large = largeReport();
    expect(Buffer.byteLength(renderHtml(large))).toBeLessThan(1_500_000);
    const data = pageDataOf(large, null);
    const kept = data.trials.filter(({ histogram }) => histogram !== null).length;
    expect(kept).toBeGreaterThan(100);
    expect(data.histogramsLeftOut).toBe(500 - kept);
  });
});

describe('the data of the page', () => {
  it('holds figures of published cells only', () => {
    const { cells } = pageDataOf(pageReport(), null);
    expect(cells.find(({ target, scenario }) => target === 'gin' && scenario === '1kb')).toMatchObject({
      status: 'failed',
      figures: {},
      curve: [],
    });
    expect(cells.find(({ target }) => target === 'tokio')?.figures.throughputRps).toEqual({
      text: '147,000 ±2.5 %',
      estimate: 147_000,
      low: 142_590,
      high: 149_940,
    });
  });

  it('loses no response when it joins periods', () => {
    const given = largeReport();
    const [trial] = given.session.trials;
    const [shown] = pageDataOf(given, null).trials;
    const periods = trial !== undefined && trial.verdict === 'valid' ? trial.load.series : [];
    const total = periods.reduce((sum, { completed }) => sum + completed, 0);
    expect(shown?.series.reduce((sum, [, rate]) => sum + rate, 0)).toBeCloseTo(total / 0.5, -1);
  });
});
