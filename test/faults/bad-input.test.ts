import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { plannedTrial, session, validTrial } from '../support/factories.ts';
import { httpdyno, scratchFolder } from '../support/cli.ts';
import { repository } from '../support/source-tree.ts';

const SCENARIO = `id: small
title: Small
request: { path: /payload/1kb }
expect: { bodyBytes: 1024 }
warmup: 1s
warmupMax: 1s
measure: 1s
drain: 1s
requestTimeout: 1s
`;

/** A server that tells on itself: started, it leaves a file behind. */
const TARGET = {
  id: 'canary',
  name: 'Canary',
  language: 'JavaScript',
  framework: 'none',
  build: null,
  run: { command: ['touch', 'started'] },
  image: null,
  scenarios: ['small'],
};

interface Project {
  scenario?: string | Uint8Array | null;
  target?: string;
  /** Added to the target file. */
  change?: object;
}

/** A project folder with one scenario and one server, each replaced by what a test brings; `null` makes a folder of it. */
function project(
  { onTestFinished }: TestContext,
  { scenario = SCENARIO, target, change = {} }: Project,
): string {
  const folder = scratchFolder(onTestFinished);
  mkdirSync(path.join(folder, 'scenarios'));
  mkdirSync(path.join(folder, 'servers', 'canary'), { recursive: true });
  const file = path.join(folder, 'scenarios', 'small.yaml');
  if (scenario === null) mkdirSync(file);
  else writeFileSync(file, scenario);
  const text = target ?? JSON.stringify({ ...TARGET, ...change });
  writeFileSync(path.join(folder, 'servers', 'canary', 'target.json'), text);
  return folder;
}

/** One line (and its fix), exit 2, no stack, nothing started, nothing written. */
async function refusal(args: readonly string[], cwd = repository): Promise<string> {
  const { code, stdout, stderr } = await httpdyno(args, { cwd });
  expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^httpdyno: [^\n]*\n(?: {2}fix: [^\n]*\n)?$/);
  expect(stderr.length).toBeLessThan(700);
  if (cwd !== repository) {
    expect(readdirSync(cwd).toSorted()).toEqual(['scenarios', 'servers']);
    expect(readdirSync(path.join(cwd, 'servers', 'canary'))).toEqual(['target.json']);
  }
  return stderr;
}

const refusedRun = async (context: TestContext, given: Project): Promise<string> =>
  refusal(['run', '--no-build'], project(context, given));

const deep = `${'['.repeat(60)}1${']'.repeat(60)}`;
const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${['ab', 'bc', 'cd', 'de', 'ef', 'fg', 'gh']
  .map(([from, to]) => `${to}: &${to} [${Array(9).fill(`*${from}`).join(',')}]`)
  .join('\n')}\n`;

describe.concurrent('a scenario file of a run', () => {
  it.for<[string, NonNullable<Project['scenario']> | null, RegExp]>([
    ['B03 that is a folder', null, /small\.yaml: cannot be read \(EISDIR\)/],
    ['B08 with a key that reaches a prototype', `${SCENARIO}__proto__: { polluted: 1 }\n`, /__proto__/],
    ['B09 S11 that is an alias bomb', bomb, /small\.yaml/],
    ['B10 larger than 1 MiB', `${SCENARIO}# ${'x'.repeat(1_048_577)}\n`, /larger than 1048576 bytes/],
    ['B11 nested too deep', `${SCENARIO}deep: ${deep}\n`, /nested|unrecognized|deep/i],
    ['B12 in UTF-16', Buffer.from(`\ufeff${SCENARIO}`, 'utf16le'), /not UTF-8/],
    [
      'B12 with bytes that are no UTF-8',
      Buffer.concat([Buffer.from(SCENARIO), Buffer.from([0xff])]),
      /not UTF-8/,
    ],
    ['B12 with a NUL', `${SCENARIO}# \0\n`, /small\.yaml/],
    ['B18 whose id is a path', SCENARIO.replace('id: small', 'id: ../small'), /small\.yaml:1:5: id: /],
    ['B20 B19 whose path is a URL', SCENARIO.replace('/payload/1kb', 'http://8.8.8.8/'), /request\.path/],
    [
      'B35 that is a result',
      JSON.stringify({ ...session([plannedTrial()]), trials: [validTrial()] }),
      /small\.yaml/,
    ],
  ])('%s is refused', async ([, scenario, message], context) => {
    expect(await refusedRun(context, { scenario })).toMatch(message);
  });

  it('B12 with a byte order mark is read as if it had none', async (context) => {
    const folder = project(context, { scenario: `\ufeff${SCENARIO}` });
    const { code, stdout } = await httpdyno(['list', '--json'], { cwd: folder });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ scenarios: [{ id: 'small' }] });
  });
});

describe.concurrent('a target file of a run', () => {
  it.for<[string, Project, RegExp]>([
    ['B04 that is not JSON', { target: '{\n  "id": canary\n}' }, /target\.json: not JSON \(line 2, column 9/],
    ['B02 that is empty', { target: '' }, /target\.json: not JSON/],
    [
      'B06 with a key twice',
      { target: JSON.stringify(TARGET).replace('{', '{"id":"canary",') },
      /target\.json:1:\d+: a key stands here twice/,
    ],
    ['B07 with a key that is unknown', { change: { comand: [] } }, /"comand"/],
    ['B08 with a key that reaches a prototype', { target: '{"__proto__":{"polluted":1}}' }, /__proto__/],
    ['B10 larger than 1 MiB', { target: `{"x":"${'x'.repeat(1_048_577)}"}` }, /larger than 1048576 bytes/],
    ['B11 nested too deep', { target: deep }, /nested more than 50/],
    ['B18 whose id is a path', { change: { id: '../canary' } }, /target\.json: id: /],
    ['B18 whose id starts like a flag', { change: { id: '-rf' } }, /target\.json: id: /],
    ['B17 whose id is not its folder', { change: { id: 'other' } }, /must equal the folder's name/],
    [
      'B30 with NUL in a variable',
      { change: { run: { command: ['touch', 'started'], env: { A: 'a\0b' } } } },
      /run\.env\.A/,
    ],
    [
      'B30 with = in a name',
      { change: { run: { command: ['touch', 'started'], env: { 'A=B': 'x' } } } },
      /run\.env/,
    ],
    ['B30 with NUL in an argument', { change: { run: { command: ['touch', 'a\0b'] } } }, /run\.command/],
    [
      'B28 with an image that is a flag',
      { change: { image: '--privileged' } },
      /image: is not an image reference/,
    ],
  ])('%s is refused', async ([, given, message], context) => {
    expect(await refusedRun(context, given)).toMatch(message);
  });

  it.for(['CON', 'a\nb', 'x'.repeat(300), 'CANARY', 'cäfe\u0301'])(
    'B17 B18 with the id %j is refused',
    async (id, context) => {
      expect(await refusedRun(context, { change: { id } })).toMatch(/target\.json: id: /);
    },
  );
});

describe('what is asked of a run', () => {
  it('B01 in a project without servers is refused by the name of the folder', async (context) => {
    const folder = project(context, {});
    rmSync(path.join(folder, 'servers', 'canary'), { recursive: true });
    const { code, stderr } = await httpdyno(['run'], { cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toMatch(/servers: no sub-folder holds a target\.json/);
  });

  it('B23 that leaves no cell is refused before anything starts', async (context) => {
    const folder = project(context, { change: { scenarios: ['other'] } });
    expect(await refusal(['run', '--no-build'], folder)).toMatch(/no chosen target serves/);
  });

  it.for<[string, string[]]>([
    ['B26 a percentile', ['run', '--percentile', '101']],
    ['B33 a set of CPUs', ['run', '--cpus', '7']],
    ['B34 a limit of memory', ['run', '--memory', '1m']],
  ])('%s cannot be named: no such flag', async ([, args]) => {
    const { code, stderr } = await httpdyno(args);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^httpdyno: unknown option/);
  });
});

describe.concurrent('a file that a command reads', () => {
  it('B01 that is missing is named', async (context) => {
    expect(await refusal(['audit', 'nowhere.json'])).toMatch(/no file nowhere\.json/);
    expect(await refusal(['report', 'nowhere', '--results', scratchFolder(context.onTestFinished)])).toMatch(
      /no session "nowhere"/,
    );
    expect(await refusal(['compare', 'nowhere', 'elsewhere'])).toMatch(/B24|no session "nowhere"/);
  });

  it('B03 that is a folder is named', async (context) => {
    const folder = scratchFolder(context.onTestFinished);
    mkdirSync(path.join(folder, 'session.json'));
    expect(await refusal(['audit', path.join(folder, 'session.json')])).toMatch(/no file|cannot be read/);
    expect(await refusal(['report', path.join(folder, 'session.json')])).toMatch(/no session/);
  });

  it('B35 F39 that is a scenario, not a result, is refused as such', async (context) => {
    const folder = scratchFolder(context.onTestFinished);
    writeFileSync(path.join(folder, 'session.json'), SCENARIO);
    expect(await refusal(['report', folder])).toMatch(/session\.json: not JSON/);
    expect(await refusal(['audit', folder])).toMatch(/session\.json: not JSON/);
  });

  it('S10 that pollutes is refused', async (context) => {
    const folder = scratchFolder(context.onTestFinished);
    const text = JSON.stringify(session([plannedTrial()])).replace('{', '{"__proto__":{"polluted":true},');
    writeFileSync(path.join(folder, 'session.json'), text);
    expect(await refusal(['report', folder])).toMatch(/__proto__/);
  });

  it('S9 that is reached through a link is read, never written', async (context) => {
    const folder = scratchFolder(context.onTestFinished);
    const file = path.join(folder, 'elsewhere.json');
    writeFileSync(file, '{}');
    mkdirSync(path.join(folder, 's'));
    symlinkSync(file, path.join(folder, 's', 'session.json'));
    expect(await refusal(['report', path.join(folder, 's')])).toMatch(/schemaVersion/);
    expect(readdirSync(path.join(folder, 's'))).toEqual(['session.json']);
  });
});

describe.concurrent('the URL of a load', () => {
  it.for([
    'https://127.0.0.1/',
    'http://user:secret@127.0.0.1/',
    'http://[::ffff:8.8.8.8]/',
    'http://2130706433/',
    'http://127.0.0.1:65536/',
  ])('B19 B20 %s is refused', async (url) => {
    expect(await refusal(['load', url])).not.toContain('secret@');
  });

  it.for<[string[], RegExp]>([
    [['-d', '0s'], /--duration/],
    [['-d', '10'], /--duration/],
    [['-d', 'NaN'], /--duration/],
    [['-d', '1e9h'], /--duration/],
    [['-c', '0'], /--connections/],
    [['-c', '1.5'], /--connections/],
    [['-R', '0'], /--rate/],
    [['-R', 'Infinity'], /--rate/],
    [['-H', 'Content-Length: 5'], /set by the driver/],
    [['--driver', 'wrk', '-R', '10'], /cannot drive an open loop/],
    [['--driver', 'wrk', '-a', '10'], /takes no/],
  ])('B13 B14 B15 B21 B32 with %j is refused', async ([flags, message]) => {
    expect(await refusal(['load', 'http://127.0.0.1:9/', ...flags])).toMatch(message);
  });
});

// One after the other: a gate takes the lock of the machine before it looks at them.
describe('the limits of a gate', () => {
  it.for(['cpu=-5%', 'cpu=5', 'cpu=%', 'cpu', 'speed=5%', 'cpu=NaN%'])('B25 %s is refused', async (limit) => {
    const args = ['gate', '--no-build', '--base', 'node-http', '--head', 'node-http', '--metric', limit];
    expect(await refusal(args)).toMatch(/--metric|no gated metric/);
  });
});
