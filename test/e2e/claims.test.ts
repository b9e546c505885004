import { cpSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ClaimsReport } from '../../harness/model/claims-report.ts';
import { type CliResult, httpdyno, scratchFolder } from '../support/cli.ts';
import { repository } from '../support/source-tree.ts';

const kept = path.join(repository, 'results', 'reference');

/** A folder of results with a copy of the kept session of three rounds. */
function results(): string {
  const folder = scratchFolder();
  cpSync(path.join(kept, 'session.json'), path.join(folder, 'reference', 'session.json'));
  return folder;
}

function report(folder: string, ...args: string[]): Promise<CliResult> {
  return httpdyno(['report', 'reference', '--results', folder, '--claims', ...args]);
}

async function judged(...args: string[]): Promise<ClaimsReport> {
  const { stdout, stderr } = await report(results(), ...args, '--format', 'json');
  expect(stdout, stderr).not.toBe('');
  return JSON.parse(stdout).claims[0];
}

/** A claim of one table about two targets. */
function claimsFile(change: (text: string) => string = (text) => text): string {
  const file = path.join(scratchFolder(), 'mine.yaml');
  const text = `id: mine
source: { name: Me }
tables:
  - title: Small
    scenario: 1kb
    columns: [{ metric: throughputRps, unit: req/s }]
    rows:
      - { target: tokio, name: Tokio, figures: [3] }
      - { target: go-std, name: Go, figures: [2] }
`;
  writeFileSync(file, change(text));
  return file;
}

describe('published claims beside a stored session', () => {
  it('are judged for every pair and metric of every table that is shipped', async () => {
    const { tables, impossible, sessionId } = await judged();
    expect(sessionId).toBe('reference');
    expect(tables.map(({ title, metrics }) => [title, metrics.map(({ claims }) => claims.length)])).toEqual([
      ['1 KB', [21, 21, 21, 21]],
      ['1 MB', [21, 21, 21, 21]],
      ['Latency', [21, 21, 21, 21, 21]],
    ]);
    expect(impossible).toHaveLength(14);
  });

  it('are decided as their intervals say, and as bounds allow', async () => {
    const { tables } = await judged();
    for (const { claims, counts } of tables.flatMap(({ metrics }) => metrics)) {
      expect(counts.reproduced + counts.contradicted + counts.undecided).toBe(claims.length);
      for (const { here, verdict, firm } of claims) {
        expect(firm && verdict.kind === 'undecided').toBe(false);
        expect(verdict.kind === 'reproduced').toBe(here?.low !== null && (here?.low ?? 0) > 1);
        expect(verdict.kind === 'contradicted').toBe(here?.high !== null && (here?.high ?? 2) < 1);
      }
    }
    const decided = tables.flatMap(({ metrics }) =>
      metrics.map(({ counts }) => counts.reproduced + counts.contradicted),
    );
    expect(Math.max(...decided)).toBeGreaterThan(5);
  });

  it('are printed, and written beside the session and nowhere else', async () => {
    const folder = results();
    const { code, stdout, stderr } = await report(folder);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Hyperlane's published comparison\nheld against session reference: 64 connections, 5 rounds/,
    );
    expect(stderr).toContain(`claims.md`);
    expect(readFileSync(path.join(folder, 'reference', 'claims.md'), 'utf8')).toMatch(
      /^# Hyperlane's published comparison, checked here\n/,
    );
    expect(existsSync(path.join(folder, 'reference', 'report.md'))).toBe(false);
  });

  it('are written only when asked for', async () => {
    const folder = results();
    await httpdyno(['report', 'reference', '--results', folder, '--format', 'markdown']);
    expect(existsSync(path.join(folder, 'reference', 'report.md'))).toBe(true);
    expect(existsSync(path.join(folder, 'reference', 'claims.md'))).toBe(false);
    await report(folder, '--format', 'terminal,json');
    expect(existsSync(path.join(folder, 'reference', 'claims.md'))).toBe(false);
  });

  it('stand beside the kept session as it judges them (`report reference --claims` rewrites it)', async () => {
    const folder = results();
    await report(folder);
    const written = readFileSync(path.join(folder, 'reference', 'claims.md'), 'utf8');
    expect(
      written === readFileSync(path.join(kept, 'claims.md'), 'utf8'),
      'results/reference/claims.md is stale',
    ).toBe(true);
  });

  it('are audited like every other report: a verdict that was changed afterwards is found', async () => {
    const folder = results();
    await report(folder, '--format', 'markdown');
    const written = path.join(folder, 'reference', 'claims.md');
    const audit = (): Promise<CliResult> => httpdyno(['audit', '--json', path.join(folder, 'reference')]);
    expect((await audit()).code).toBe(0);
    const honest = readFileSync(written, 'utf8');
    writeFileSync(written, honest.replace('contradicted', 'reproduced'));
    const { code, stdout } = await audit();
    expect(code).toBe(3);
    expect(JSON.parse(stdout).findings).toMatchObject([{ rule: 'REPORT_DIFFERS', file: written }]);
  });

  it('stand in the README as the kept session judges them', async () => {
    const readme = readFileSync(path.join(repository, 'README.md'), 'utf8');
    const { tables, impossible } = await judged('hyperlane');
    for (const { title, metrics } of tables.slice(0, 2)) {
      const { reproduced, contradicted, undecided } = metrics[0]?.counts ?? {};
      expect(readme).toContain(`| ${title}, throughput | ${reproduced} | ${contradicted} | ${undecided} |`);
    }
    expect(readme).toContain(`refutes itself in ${impossible.length} places`);
  });

  it('may come from any file', async () => {
    const mine = await judged(claimsFile());
    expect(mine).toMatchObject({ id: 'mine', tables: [{ metrics: [{ order: ['tokio', 'go-std'] }] }] });
    expect((await judged('hyperlane')).id).toBe('hyperlane');
  });

  it('name a target that was not measured, and a scenario that the session lacks', async () => {
    const gone = await judged(claimsFile((text) => text.replace('target: go-std', 'target: gone')));
    expect(gone.tables[0]?.metrics[0]?.claims[0]?.verdict).toMatchObject({
      why: 'gone was not part of the session',
    });
    const elsewhere = await judged(claimsFile((text) => text.replace('scenario: 1kb', 'scenario: 1gb')));
    expect(elsewhere.tables[0]?.measured).toEqual({ kind: 'no', why: 'the session has no scenario 1gb' });
  });
});

describe('claims that cannot be judged', () => {
  it.each([
    ['an id that is not there', () => 'nobody', /--claims: no "nobody" here \(there are hyperlane\)/],
    ['a file that is not there', () => './nobody.yaml', /nobody\.yaml: cannot be read \(ENOENT\)/],
    [
      'an unknown metric',
      () => claimsFile((text) => text.replace('throughputRps', 'speed')),
      /mine\.yaml:6:25: .*is no metric \(there are throughputRps/,
    ],
    [
      'a format that is none of theirs',
      () => '--format=html',
      /--format: no "html" here \(there are terminal, markdown, json\)/,
    ],
    ['a table to update at once', () => '--update=README.md', /cannot be used with option '--update <file>'/],
  ])('end with exit code 2 and one clear line: %s', async (_, argument, message) => {
    const folder = results();
    const { code, stdout, stderr } = await report(folder, argument());
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
    expect(existsSync(path.join(folder, 'reference', 'claims.md'))).toBe(false);
  });

  it('say where none is about the scenarios of the session', async () => {
    const project = scratchFolder();
    for (const folder of ['servers', 'scenarios']) mkdirSync(path.join(project, folder));
    const { code, stderr } = await httpdyno(['report', 'reference', '--results', results(), '--claims'], {
      cwd: project,
    });
    expect(code).toBe(2);
    expect(stderr).toMatch(/no claims about 1kb, 1mb in .*\n {2}fix: name a file/);
  });
});

describe('an audit of published claims', () => {
  it('finds what cannot be in those that are shipped, with exit code 3', async () => {
    const { code, stdout, stderr } = await httpdyno(['audit', 'scenarios/claims/hyperlane.yaml']);
    expect(code).toBe(3);
    expect(stdout).toContain(
      'scenarios/claims/hyperlane.yaml:8: TRANSFER_MISMATCH Hyperlane, 1 MB: 28,456 req/s x 1,048,576 B = 29.8 GB/s (27.8 GiB/s), published as 26.8 GB/s\n',
    );
    expect(stderr).toBe('1 file, 14 findings\n');
  });

  it('finds nothing in claims that can be, and leaves the file alone', async () => {
    const file = claimsFile();
    const before = statSync(file).mtimeMs;
    expect(await httpdyno(['audit', file])).toMatchObject({
      code: 0,
      stdout: '',
      stderr: '1 file, 0 findings\n',
    });
    expect(statSync(file).mtimeMs).toBe(before);
  });

  it('refuses a file that is none, with exit code 2', async () => {
    const { code, stderr } = await httpdyno([
      'audit',
      claimsFile((text) => text.replace('tables:', 'table:')),
    ]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/mine\.yaml:/);
  });
});
