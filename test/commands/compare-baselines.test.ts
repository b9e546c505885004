import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { baselineOf, baselineRun, storeBaseline } from '../support/baseline.ts';
import { type CliResult, httpdyno, scratchFolder } from '../support/cli.ts';

const compare = (cwd: string, ...args: string[]): Promise<CliResult> =>
  httpdyno(['compare', ...args], { cwd });

/** A project with the baselines of two targets, the second a fifth worse. */
function project(): { cwd: string; results: string; files: string[] } {
  const cwd = scratchFolder();
  const results = path.join(cwd, 'results');
  const files = [
    storeBaseline(results, baselineOf([baselineRun(1), baselineRun(2)], baselineRun(1), 'a')),
    storeBaseline(
      results,
      baselineOf([baselineRun(3), baselineRun(4, { slowdown: 0.2, pace: 1.5 })], null, 'b'),
    ),
  ];
  return { cwd, results, files: files.map((file) => path.relative(cwd, file)) };
}

describe('httpdyno compare of baselines', () => {
  it('takes the newest run of each, named by file or by target, beside their reference servers', async () => {
    const { cwd, files } = project();
    const [byFile, byTarget] = [await compare(cwd, ...files), await compare(cwd, 'baseline:a', 'baseline:b')];
    expect(byFile.code, byFile.stderr).toBe(0);
    expect(byFile.stdout).toBe(byTarget.stdout);
    expect(byFile.stdout).toMatch(/a +. b +. CPU per request .* \+(19|20|21)\.\d % .*worse, separate/);
    expect(byFile.stdout).toContain('beside the reference server');
    const { cells } = JSON.parse((await compare(cwd, ...files, '--json', '-m', 'throughputRps')).stdout);
    expect(cells).toMatchObject([
      {
        baseline: { sessionId: 'gate-2', targetId: 'a' },
        candidate: { sessionId: 'gate-4' },
        metrics: [{ metric: 'throughputRps' }],
      },
    ]);
  });

  it('holds the newest run of one against its pinned release', async () => {
    const { cwd, results } = project();
    const crept = baselineOf([baselineRun(2), baselineRun(9, { slowdown: 0.1 })], baselineRun(1), 'c');
    storeBaseline(results, crept);
    const { code, stdout } = await compare(cwd, 'baseline:c', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout).cells[0]).toMatchObject({
      baseline: { sessionId: 'gate-1' },
      candidate: { sessionId: 'gate-9' },
    });
    const without = await compare(cwd, 'baseline:b');
    expect(without.code).toBe(2);
    expect(without.stderr).toMatch(/no pinned release .*\n.*--pin/);
  });

  it('is found by what it holds, wherever it was moved to', async () => {
    const { cwd, files } = project();
    renameSync(path.join(cwd, files[0] ?? ''), path.join(cwd, 'kept.json'));
    expect((await compare(cwd, 'kept.json', 'baseline:b')).code).toBe(0);
  });

  it.each([
    ['machine', { fingerprint: 'e'.repeat(64) }, 'MACHINES DIFFER'],
    ['work', { workloadHash: 'c'.repeat(64) }, 'WORK DIFFERS'],
    ['reference server', { reference: { id: 'null-server', hash: 'd'.repeat(64) } }, 'REFERENCES DIFFER'],
  ])('B24 of another %s is refused with 2, and labelled with --force', async (_, change, label) => {
    const { cwd, results } = project();
    storeBaseline(results, baselineOf([baselineRun(5, {}, change)], null, 'foreign'));
    const refused = await compare(cwd, 'baseline:a', 'baseline:foreign');
    expect(refused.code).toBe(2);
    expect(refused.stdout).toBe('');
    expect(refused.stderr).toContain(`httpdyno: ${label}`);
    expect(refused.stderr).toContain('--force');
    const forced = await compare(cwd, 'baseline:a', 'baseline:foreign', '--force');
    expect(forced.code).toBe(0);
    expect(forced.stdout).toContain(`! ${label}`);
  });

  it.each([
    ['one that is not there', ['baseline:a', 'baseline:nobody'], /nobody\.json: ENOENT/],
    ['a session beside it', ['baseline:a', 'session'], /a baseline is compared with a baseline/],
    [
      'a metric that both lack',
      ['baseline:a', 'baseline:b', '-m', 'latencyP99Us'],
      /share no scenario and metric/,
    ],
    ['one cut short', ['baseline:a', 'results/baselines/cut.json'], /cut\.json: not JSON/],
    [
      'one of a newer httpdyno',
      ['baseline:a', 'baseline:newer'],
      /schema 99 is newer than 1\n.*a newer httpdyno/,
    ],
  ])('B24 refuses %s with 2', async (_, args, message) => {
    const { cwd, results } = project();
    mkdirSync(path.join(results, 'session'));
    writeFileSync(
      path.join(results, 'baselines', 'cut.json'),
      '{"schemaVersion": 1, "targetId": "cut", "runs": [',
    );
    writeFileSync(path.join(results, 'baselines', 'newer.json'), '{"schemaVersion": 99}');
    const { code, stderr } = await compare(cwd, ...args);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});
