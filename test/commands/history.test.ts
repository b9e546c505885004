import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { baselineOf, baselineRun, storeBaseline } from '../support/baseline.ts';
import { httpdyno, scratchFolder } from '../support/cli.ts';

/** Twenty runs on days of different pace, a fifth worse from the thirteenth on; the first is pinned. */
function project(): string {
  const cwd = scratchFolder();
  const runs = Array.from({ length: 20 }, (_, i) =>
    baselineRun(i + 1, { pace: 1 + (i % 3) * 0.3, slowdown: i < 12 ? 0 : 0.2 }),
  );
  storeBaseline(path.join(cwd, 'results'), baselineOf(runs, runs[0]));
  return cwd;
}

describe('httpdyno history', () => {
  it('takes the days of the machine out, and says with which run the level changed', async () => {
    const { code, stdout } = await httpdyno(['history'], { cwd: project() });
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /CPU per request │ ▁{12}█{8} 20 +│ [\d.]+ µs +│ \+(19|20)\.\d % │ \+(19|20)\.\d % │/,
    );
    expect(stdout).toMatch(
      /advice: server small CPU per request seems to have changed by \+(19|20)\.\d % with gate-13/,
    );
  });

  it('draws it into a file, in a folder that need not be there', async () => {
    const cwd = project();
    const { code, stdout, stderr } = await httpdyno(['history', '--svg', 'out/history.svg', '--json'], {
      cwd,
    });
    expect(code, stderr).toBe(0);
    expect(readFileSync(path.join(cwd, 'out', 'history.svg'), 'utf8')).toMatch(/^<svg role="img"/);
    const rows = JSON.parse(stdout);
    expect(rows).toHaveLength(3);
    expect(rows[0].runs).toHaveLength(rows[0].slowdowns.length);
    expect(rows[0].change.gateId).toBe('gate-13');
  });

  it('draws nothing where there is nothing, names a target that is unknown, and a baseline that is damaged', async () => {
    const empty = scratchFolder();
    const nothing = await httpdyno(['history', '--svg', 'history.svg'], { cwd: empty });
    expect(nothing.code).toBe(2);
    expect(nothing.stderr).toMatch(/no baseline to draw\n.*--init-baseline/);
    expect(existsSync(path.join(empty, 'history.svg'))).toBe(false);
    expect((await httpdyno(['history'], { cwd: empty })).code).toBe(0);
    const unknown = await httpdyno(['history', '--target', 'servr'], { cwd: project() });
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toMatch(/did you mean "server"/);
    mkdirSync(path.join(empty, 'results', 'baselines'), { recursive: true });
    writeFileSync(path.join(empty, 'results', 'baselines', 'bad.json'), '{');
    const damaged = await httpdyno(['history'], { cwd: empty });
    expect(damaged.code).toBe(2);
    expect(damaged.stderr).toMatch(/bad\.json: not JSON/);
  });
});
