import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { httpdyno } from '../support/cli.ts';
import { OWN_SERVER, projectWith } from '../support/own-server.ts';

describe('a baseline', { timeout: 240_000 }, () => {
  it('is begun, grows, is screened against, and shown', async (context) => {
    const cwd = projectWith({ 'server.mjs': OWN_SERVER });
    const head = [
      'gate',
      '--head',
      'node server.mjs',
      '--slice',
      '50ms',
      '--blocks',
      '2',
      '--max-warmup',
      '2',
      '--max-launches',
      '1',
      '--only',
      'cpu,rss',
    ];
    const begun = await httpdyno([...head, '--id', 'first', '--init-baseline'], { cwd });
    if (/nothing in the run could be judged/.test(begun.stderr)) {
      expect(begun.code).toBe(3);
      context.skip('other work on this machine left nothing of a short launch');
    }
    expect(begun.code, begun.stderr).toBe(0);
    const file = path.join('results', 'baselines', 'server.json');
    const grown = await httpdyno([...head, '--id', 'second', '--baseline', file, '--append'], { cwd });
    if (grown.code === 3) context.skip('other work on this machine left nothing of a short launch');
    expect(grown.code, grown.stderr).toBe(0);
    expect(grown.stdout).toMatch(/baseline too young: 1 accepted runs, a prediction needs 6/);
    expect(grown.stdout).toContain('mode anchored');
    expect(grown.stderr).toContain('2 runs');
    const other = await httpdyno([...head, '--id', 'third', '--baseline', file, '--connections', '4'], {
      cwd,
    });
    expect(other.code).toBe(2);
    expect(other.stderr).toMatch(/measured with other work/);
    const history = await httpdyno(['history'], { cwd });
    expect(history.code).toBe(0);
    expect(history.stdout).toMatch(/server +.*root +.*CPU per request +.* 2 /);
  });
});
