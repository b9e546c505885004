import { describe, expect, it } from 'vitest';
import type { Trial } from '../../../harness/model/trial.ts';
import { trialSection } from '../../../harness/reporters/html/trial-table.ts';
import { loadResult, session, trial } from '../fixtures.ts';

const { load, resources, machine, ...bare } = trial(4, 'gin', 100);
const died: Trial = {
  ...bare,
  verdict: 'failed',
  load: null,
  resources: null,
  machine: null,
  reasons: [{ code: 'TARGET_DIED', detail: 'SIGSEGV' }],
  logTail: ['first line', '<b>last</b> line'],
};

function row(given: Trial): string {
  return /<tr class=[^]*<\/tr>/.exec(trialSection(session({ trials: [given] })))?.[0] ?? '';
}

describe('the table of trials', () => {
  it('shows what a trial sent and got, and the rate of its window', () => {
    expect(row(trial(4, 'gin', 100, { round: 2 }))).toContain(
      '<td data-value="4">5</td><td data-value="2">3</td><th scope="row">gin</th><td class="name">1kb</td><td class="verdict">valid</td>' +
        '<td data-value="100">100</td><td data-value="700">700</td><td data-value="700">700</td>',
    );
  });

  it('shows no number for a trial that sent nothing', () => {
    expect(row(died).match(/<td data-value="">n\/a<\/td>/g)).toHaveLength(3);
    expect(row({ ...bare, verdict: 'aborted' }).match(/<td data-value="">n\/a<\/td>/g)).toHaveLength(3);
  });

  it('shows no rate for a window without a length', () => {
    const empty = loadResult(0, { window: { startUs: 5, endUs: 5 } });
    expect(row(trial(4, 'gin', 0, { load: empty }))).not.toMatch(/NaN|Infinity/);
  });

  it('gives every reason with what it means and what was seen', () => {
    expect(row(died)).toContain('<code>TARGET_DIED</code> the target died under load (SIGSEGV)');
  });

  it('keeps the last words of a target that failed, and those of a valid one to itself', () => {
    expect(row(died)).toContain('<pre>first line\n&lt;b&gt;last&lt;/b&gt; line</pre>');
    expect(row(trial(4, 'gin', 1, { logTail: ['chatter'] }))).not.toContain('chatter');
  });

  it('shortens log lines and their number', () => {
    const lines = Array.from({ length: 500 }, (_, index) => `line ${index} ${'x'.repeat(5_000)}`);
    expect(row({ ...died, logTail: lines }).length).toBeLessThan(6_000);
    expect(row({ ...died, logTail: lines })).toContain('line 499');
  });

  it('can be filtered by verdict and by code', () => {
    expect(row(died)).toContain('data-verdict="failed" data-filter="gin 1kb failed target_died"');
  });

  it('leaves a place for the histogram of each trial', () => {
    expect(row(died)).toContain('<td data-histogram="4"></td>');
  });

  it('is there without trials', () => {
    expect(trialSection(session({ trials: [] }))).toContain('<tbody></tbody>');
  });

  it('shows an invalid trial with its figures, as what it is', () => {
    const invalid: Trial = {
      ...bare,
      verdict: 'invalid',
      load,
      resources,
      machine,
      reasons: [{ code: 'NOISY_ENV', detail: '' }],
    };
    expect(row(invalid)).toMatch(/^<tr class="invalid" data-verdict="invalid"/);
    expect(row(invalid)).toContain('<td data-value="100">100</td>');
  });
});
