import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SelftestAnswer } from '../../harness/commands/gate-selftest.ts';
import { readGate } from '../../harness/store/gate-store.ts';
import { type CliResult, httpdyno, scratchFolder } from '../support/cli.ts';
import { processesWith } from '../support/processes.ts';

/** A server that knows nothing of httpdyno. */
const SERVER = `
import http from 'node:http';
const [port = process.env.PORT, answer = 'hello'] = process.argv.slice(2);
let served = 0;
http.createServer((request, response) => {
  served += 1;
  if (process.env.DIE_AFTER !== undefined && served > Number(process.env.DIE_AFTER)) process.exit(7);
  response.end(answer);
}).listen(Number(port), process.env.HOST);
process.on('SIGTERM', () => process.exit(0));
`;
/** One launch of slices that are far too short to show anything: the mechanics, not the measurement. */
const TINY = [
  '--slice',
  '100ms',
  '--blocks',
  '1',
  '--max-warmup',
  '2',
  '--only',
  'cpu,rss',
  '--max-launches',
  '1',
  '--no-sentinel',
  '--id',
  'tiny',
  '--seed',
  '3',
];

/** On a machine that belongs to others a gate may end as invalid, saying so; everything else it must do all the same. */
function expectUndecided({ code, stdout, stderr }: CliResult): void {
  expect(code === 0 || (code === 3 && /disturbed/.test(stdout)), `exit ${code}\n${stdout}\n${stderr}`).toBe(
    true,
  );
}

function projectWith(files: Record<string, string>): string {
  const folder = scratchFolder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

describe('a gate of two commands', { timeout: 120_000 }, () => {
  it('needs no configuration, tells what it could not show, and leaves nothing running', async () => {
    const cwd = projectWith({ 'old.mjs': SERVER, 'new.mjs': SERVER });
    const ended = await httpdyno(
      ['gate', '--base', 'node old.mjs', '--head', 'node new.mjs {port} hello', ...TINY],
      { cwd },
    );
    expectUndecided(ended);
    expect(ended.stdout).toMatch(/after 1 launch neither a change beyond 2\.0 % nor its absence|disturbed/);
    const record = await readGate(path.join(cwd, 'results'), 'tiny');
    expect(record.pairs[0]?.head.given).toBe('node new.mjs {port} hello');
    expect(record.scenarios[0]).toMatchObject({ id: 'root', expect: { status: 200, bodyBytes: 5 } });
    const [launch] = record.launches;
    expect(launch?.scenarios[0]?.blocks.flat()).toHaveLength(4);
    expect(
      launch?.scenarios[0]?.blocks.flat().some(({ cpuUsPerRequest }) => (cpuUsPerRequest ?? 0) > 0),
    ).toBe(true);
    expect(readdirSync(path.join(cwd, 'results', 'tiny'))).toEqual(
      expect.arrayContaining(['gate.json', 'junit.xml', 'summary.md', 'benchfmt.txt', 'bencher.json']),
    );
    expect(processesWith('HTTPDYNO_SESSION=tiny')).toEqual([]);
  });

  it('tells GitHub in its own words, and can be told that inconclusive fails', async () => {
    const cwd = projectWith({ 'server.mjs': SERVER, summary: 'before\n', outputs: '' });
    const arms = ['--base', 'node server.mjs', '--head', 'node server.mjs'];
    const { code, stdout, stderr } = await httpdyno(
      ['gate', ...arms, ...TINY, '--on-inconclusive', 'fail', '--json', '--output', 'derived'],
      {
        cwd,
        env: {
          GITHUB_ACTIONS: 'true',
          GITHUB_STEP_SUMMARY: path.join(cwd, 'summary'),
          GITHUB_OUTPUT: path.join(cwd, 'outputs'),
        },
      },
    );
    const { id, report } = JSON.parse(stdout);
    expect(id).toBe('tiny');
    expect(code, stderr).toBe(report.verdict === 'inconclusive' ? 1 : 3);
    expect(readFileSync(path.join(cwd, 'summary'), 'utf8')).toMatch(/^before\n<!-- httpdyno:gate -->/);
    expect(readFileSync(path.join(cwd, 'outputs'), 'utf8')).toMatch(
      /^verdict=(inconclusive|invalid)\nregressions=0\n/,
    );
    expect(stderr).toMatch(/^::(warning title=inconclusive|error title=invalid)/m);
    expect(existsSync(path.join(cwd, 'derived', 'junit.xml'))).toBe(true);
  });

  it('fails closed where head dies under load, and says which arm it was', async () => {
    const cwd = projectWith({
      'server.mjs': SERVER,
      'fragile.mjs': SERVER.replace('process.env.DIE_AFTER', "'300'").replace('process.env.DIE_AFTER', '300'),
    });
    const { code, stdout, stderr } = await httpdyno(
      ['gate', '--base', 'node server.mjs', '--head', 'node fragile.mjs', ...TINY],
      { cwd },
    );
    expect(code, stderr).toBe(3);
    expect(stdout).toMatch(/INVALID: .*cannot be judged/);
    expect(stdout).toMatch(/launches failed: head: /);
  });

  it.each([
    [
      'a head that does not start',
      ['--base', 'node server.mjs', '--head', 'node missing.mjs'],
      /head \(node missing\.mjs\): TARGET_EXITED/,
    ],
    [
      'a head that nothing is known of',
      ['--base', 'node server.mjs', '--head', 'nonsense'],
      /neither a target .* nor an image/,
    ],
    ['one arm only', ['--base', 'node server.mjs'], /needs two arms/],
    [
      'a baseline that is not there',
      ['--head', 'node server.mjs', '--baseline', 'nowhere.json'],
      /baseline .*nowhere\.json: ENOENT/,
    ],
    [
      'a git ref without a target',
      ['--base', 'git:HEAD', '--head', 'git:HEAD'],
      /neither a target|which target/,
    ],
    [
      'a limit that is none',
      ['--base', 'node server.mjs', '--head', 'node server.mjs', '--metric', 'cpu=fast'],
      /cpu=5%/,
    ],
  ])('refuses %s with exit code 2', async (_, args, message) => {
    const cwd = projectWith({ 'server.mjs': SERVER });
    const { code, stderr } = await httpdyno(['gate', ...args, ...TINY], { cwd });
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});

describe('a gate that collects launches', { timeout: 120_000 }, () => {
  it('looks once, after the last one, so that none is left out for what the others showed', async () => {
    const cwd = projectWith({ 'server.mjs': SERVER });
    const arms = ['--base', 'node server.mjs', '--head', 'node server.mjs'];
    const collected = [...TINY, '--max-launches', '2', '--no-early-stop'];
    expectUndecided(await httpdyno(['gate', ...arms, ...collected], { cwd }));
    const { settings, launches } = await readGate(path.join(cwd, 'results'), 'tiny');
    expect(settings.looks).toEqual([2]);
    expect(launches).toHaveLength(2);
  });
});

describe('the selftest of the gate', { timeout: 300_000 }, () => {
  it('runs the whole command on planted servers, and cannot tell where it may make one launch only', async () => {
    const cwd = scratchFolder();
    const brief = [
      '--only',
      'cpu',
      '--slice',
      '100ms',
      '--blocks',
      '2',
      '--max-warmup',
      '2',
      '--max-launches',
      '1',
      '--no-sentinel',
      '--id',
      'self',
    ];
    const { code, stdout, stderr } = await httpdyno(['gate', '--selftest', '--json', ...brief], { cwd });
    expect(code, stderr).toBe(3);
    const answers: SelftestAnswer[] = JSON.parse(stdout);
    expect(answers.map(({ name, launches, right }) => [name, launches, right])).toEqual([
      ['A/A: the same server twice', 1, 'cannot tell'],
      ['CPU per request +10 %', 1, 'cannot tell'],
    ]);
    const planted = await readGate(path.join(cwd, 'results'), 'self-2');
    expect(planted.pairs[0]?.base.command).not.toEqual(planted.pairs[0]?.head.command);
    expect(processesWith('HTTPDYNO_SESSION=self')).toEqual([]);
    expect(processesWith('HTTPDYNO_SESSION=selftest')).toEqual([]);
  });

  it('refuses to plant what it cannot', async () => {
    const cwd = scratchFolder();
    const p99 = await httpdyno(['gate', '--selftest', '--only', 'p99'], { cwd });
    expect(p99.code).toBe(2);
    expect(p99.stderr).toContain('--only cpu,rss,p50');
    const much = await httpdyno(['gate', '--selftest', '--planted', '90%'], { cwd });
    expect(much.code).toBe(2);
    expect(much.stderr).toContain('from 2% to 50%');
  });
});

describe('a gate of two commits', { timeout: 120_000 }, () => {
  it('checks both out, builds each by its own command, and removes both checkouts', async () => {
    const config = `
targets:
  - id: app
    command: node built.mjs {port}
    build: { command: node build.mjs, inputs: [server.mjs], artifacts: [built.mjs] }
scenarios:
  - { id: home, path: /, connections: 8 }
`;
    const build = `import { copyFileSync } from 'node:fs'; copyFileSync('server.mjs', 'built.mjs');`;
    const cwd = projectWith({
      'httpdyno.config.yaml': config,
      'server.mjs': SERVER,
      'build.mjs': build,
      '.gitignore': 'built.mjs\nresults\n',
    });
    const git = (...args: string[]): string =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', '-C', cwd, ...args], {
        encoding: 'utf8',
      });
    git('init', '--quiet');
    git('add', '.');
    git('commit', '--quiet', '-m', 'one');
    writeFileSync(path.join(cwd, 'server.mjs'), SERVER.replace('hello', 'howdy'));
    git('commit', '--quiet', '-am', 'two');
    expectUndecided(await httpdyno(['gate', '--base', 'HEAD^', '--head', 'HEAD', ...TINY], { cwd }));
    const { pairs } = await readGate(path.join(cwd, 'results'), 'tiny');
    expect(pairs[0]).toMatchObject({ id: 'app', base: { kind: 'ref' }, head: { kind: 'ref' } });
    expect(pairs[0]?.base.commit).toBe(git('rev-parse', 'HEAD^').trim());
    expect(pairs[0]?.base.target.artifactHash).not.toBe(pairs[0]?.head.target.artifactHash);
    expect(git('worktree', 'list').trim().split('\n')).toHaveLength(1);
    expect(existsSync(path.join(cwd, 'built.mjs'))).toBe(false);
  });
});
