import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Report, Reporter } from '../../harness/model/ports.ts';
import type { CellSummary } from '../../harness/model/summary.ts';
import { hgrmReporters } from '../../harness/reporters/exports/hgrm.ts';
import { REPORTERS } from '../../harness/reporters/index.ts';
import { renderMarkedBlock } from '../../harness/reporters/markers.ts';
import { renderTerminal } from '../../harness/reporters/terminal.ts';
import { httpdyno, scratchFolder } from '../support/cli.ts';
import { plannedTrial, session as storedSession, validTrial } from '../support/factories.ts';
import { cell, inGroups, noMetrics, percentileCurve, report, session, trial } from './fixtures.ts';

/** Everything that makes text of a session, the files and what is printed or pasted. */
const ALL: readonly Reporter[] = [
  ...REPORTERS,
  { id: 'terminal', fileName: '', render: (given) => renderTerminal(given, { width: 80, colour: false }) },
  { id: 'marked block', fileName: '', render: renderMarkedBlock },
  {
    id: 'hgrm',
    fileName: '',
    render: (given) =>
      hgrmReporters(given)
        .map((one) => one.render(given))
        .join(''),
  },
];
const NO_NUMBER = /\bNaN\b|\bInfinity\b|\bundefined\b/;

/** A cell as a record of an older version may hold it: with throughput and nothing else. */
function oldCell(targetId: string): CellSummary {
  const whole = cell(targetId, 1_000);
  return { ...whole, metrics: { throughputRps: whole.metrics.throughputRps } as CellSummary['metrics'] };
}

function withCells(cells: CellSummary[]): Report {
  const places = inGroups([cells.map(({ targetId }) => targetId)]);
  const rankings = [{ scenarioId: '1kb', metric: 'throughputRps' as const, places }];
  return report({ cells, rankings });
}

describe.each(ALL.map((one) => [one.id, one] as const))('%s', (id, reporter) => {
  it('takes a record that lacks metrics which came later', () => {
    const text = reporter.render(withCells([oldCell('tokio'), cell('node-http', 500)]));
    expect(text).not.toMatch(NO_NUMBER);
  });

  it('takes cells without any figure', () => {
    const text = reporter.render(withCells([cell('tokio', 0, { metrics: noMetrics('not measured') })]));
    expect(text).not.toMatch(NO_NUMBER);
  });

  it('takes a session in which nothing has run yet', () => {
    const empty: Report = {
      session: session({ trials: [], targets: [], scenarios: [], status: 'running', endedAt: null }),
      summary: { cells: [], rankings: [], warnings: [] },
    };
    expect(reporter.render(empty)).not.toMatch(NO_NUMBER);
  });

  it('takes a ranking of targets that the session does not hold', () => {
    const rankings = [
      { scenarioId: '1kb', metric: 'throughputRps' as const, places: inGroups([['gone'], ['lost']]) },
      { scenarioId: 'nowhere', metric: 'throughputRps' as const, places: inGroups([['tokio']]) },
    ];
    const text = reporter.render(report({ rankings }));
    // NDJSON and the page keep the record whole.
    if (id !== 'ndjson') expect(text).not.toMatch(/\bgone\b|\blost\b/);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1])('draws nothing from a window or curve of %d', (odd) => {
    const base = trial(0, 'tokio', 100);
    if (base.verdict !== 'valid') throw new Error('a valid trial is needed');
    const series = [{ tMs: odd, periodMs: odd, completed: 5, failed: 0, meanUs: odd, maxUs: odd }];
    const window = { startUs: 0, endUs: odd };
    const trials = [{ ...base, load: { ...base.load, series, window } }];
    const curve = { ...percentileCurve(100, 2), meanUs: odd, stdevUs: odd };
    const cells = [cell('tokio', 100, { percentileCurve: curve })];
    expect(() => reporter.render(report({ cells, rankings: [] }, { trials }))).not.toThrow();
  });
});

describe('a session of a newer schema', () => {
  it('F39 is refused by name before any report is written', async () => {
    const results = scratchFolder();
    const place = path.join(results, 'newer');
    mkdirSync(place);
    const record = { ...storedSession([plannedTrial()], { id: 'newer' }), trials: [validTrial()] };
    writeFileSync(path.join(place, 'session.json'), JSON.stringify({ ...record, schemaVersion: 99 }));
    const ids = ['terminal', ...REPORTERS.map((reporter) => reporter.id)].join(',');
    const { code, stdout, stderr } = await httpdyno(['report', 'newer', '--results', results, '-f', ids]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/schema 99 is newer than \d+.*\n.*a newer httpdyno/);
    expect(readdirSync(place)).toEqual(['session.json']);
  });

  it('does not reach a table in a README either', async () => {
    const results = scratchFolder();
    mkdirSync(path.join(results, 'newer'));
    writeFileSync(path.join(results, 'newer', 'session.json'), '{"schemaVersion":99}');
    const readme = path.join(results, 'README.md');
    const { code } = await httpdyno(['report', 'newer', '--results', results, '--update', readme]);
    expect(code).toBe(2);
    expect(existsSync(readme)).toBe(false);
  });
});
