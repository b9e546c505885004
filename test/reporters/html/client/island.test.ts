import { describe, expect, it } from 'vitest';
import { dataOfPage, parseData } from '../../../../harness/reporters/html/client/island.ts';
import { renderHtml } from '../../../../harness/reporters/html/page.ts';
import { pageDataOf } from '../../../../harness/reporters/html/page-data.ts';
import { hostileReport, pageReport } from '../fixtures.ts';

describe('the data of another report', () => {
  it('is read back from a page as it was written', () => {
    const report = pageReport('session-b');
    expect(dataOfPage(renderHtml(report))).toEqual(pageDataOf(report, null));
  });

  it('S7 survives hostile names, which stay text', () => {
    expect(dataOfPage(renderHtml(hostileReport()))).toEqual(
      JSON.parse(JSON.stringify(pageDataOf(hostileReport(), null))),
    );
  });

  it.each([
    ['an empty file', ''],
    ['a page of something else', '<html><body>hello</body></html>'],
    ['a page that was cut off within its data', renderHtml(pageReport()).slice(0, 20_000)],
    ['an island that is no JSON', '<script type="application/json" id="httpdyno-data">{oops</script>'],
    [
      'an island of another format',
      '<script type="application/json" id="httpdyno-data">{"format":"other"}</script>',
    ],
  ])('is refused from %s', (_, html) => {
    expect(dataOfPage(html)).toBeNull();
  });

  it.each([
    ['no session', { session: null }],
    ['a session without a fingerprint', { session: { id: 'x' } }],
    ['cells that are no list', { cells: {} }],
    ['a cell without figures', { cells: [{ target: 'a' }] }],
    ['a cell that is a list', { cells: [[]] }],
    ['metrics that are no list', { metrics: 'all' }],
  ])('is refused with %s', (_, changes) => {
    const whole = pageDataOf(pageReport(), null);
    expect(parseData(JSON.stringify(whole))).not.toBeNull();
    expect(parseData(JSON.stringify({ ...whole, ...changes }))).toBeNull();
  });
});
