import { describe, expect, it } from 'vitest';
import { resultSections } from '../../../harness/reporters/html/result-tables.ts';
import { cell, metrics, none, refused, report, scenario } from '../fixtures.ts';

function rows(html: string): string[] {
  return html.match(/<tr class=[^]*?<\/tr>/g) ?? [];
}

describe('the tables of results', () => {
  it('are one a scenario, headed by their meaning', () => {
    const html = resultSections(report());
    expect(html.match(/<table data-sortable>/g)).toHaveLength(2);
    expect(html).toContain('<th scope="col" title="median response time">p50</th>');
  });

  it('sort by numbers, not by what is shown', () => {
    const [first] = rows(resultSections(report()));
    expect(first).toContain('<td data-value="147000">147,000');
    expect(first).toContain('<td data-value="33554432">32.0 MiB');
  });

  it('leave the value of a missing figure empty', () => {
    const figures = { ...metrics(10, 1, [1]), latencyP999Us: none('needs 6,636 samples') };
    const html = resultSections(
      report({ cells: [cell('a', 10, { metrics: figures })] }, { scenarios: [scenario()] }),
    );
    expect(html).toContain('<td data-value="">n/a (needs 6,636)</td>');
  });

  it('show a row without figures as one sentence over all columns', () => {
    const html = resultSections(report());
    expect(rows(html).find((row) => row.includes('failed'))).toContain(
      '<td class="refusal" colspan="13"><strong>failed</strong>: TARGET_ERRORS</td>',
    );
  });

  it('have as many cells in each row as there are heads', () => {
    for (const table of resultSections(report()).match(/<table[^]*?<\/table>/g) ?? []) {
      const heads = table.match(/<th scope="col"/g)?.length ?? 0;
      for (const row of rows(table).filter((one) => !one.includes('colspan'))) {
        expect((row.match(/<t[dh][ >]/g) ?? []).length).toBe(heads);
      }
    }
  });

  it('can be filtered by id, name and status in lower case', () => {
    const html = resultSections(
      report({ cells: [cell('tokio', 1, { targetName: 'Tokio <3' })] }, { scenarios: [scenario()] }),
    );
    expect(html).toContain('data-filter="tokio tokio &lt;3 valid"');
    expect(html).toContain('<th scope="row" title="Tokio &lt;3">tokio</th>');
  });

  it('list beneath what weakens them', () => {
    expect(resultSections(report())).toContain('<li>¹ <code>NOT_STEADY</code>: the target had not settled');
    const clean = report({ cells: [cell('a', 1)] }, { scenarios: [scenario()] });
    expect(resultSections(clean)).not.toContain('class="notes"');
  });

  it('say skipped targets in their place', () => {
    const skipped = [{ id: 'rocket', name: 'Rocket', why: 'needs <cargo>' }];
    const html = resultSections(
      report({ cells: [refused('a', 'failed', [])] }, { skipped, scenarios: [scenario()] }),
    );
    expect(html).toContain('<strong>skipped</strong>: needs &lt;cargo&gt;');
  });
});
