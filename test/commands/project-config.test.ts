import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandWords } from '../../harness/commands/command-words.ts';
import { gatedMetrics } from '../../harness/commands/gate-options.ts';
import { scenarioIdOf } from '../../harness/commands/gate-scenarios.ts';
import { CONFIG_TEMPLATE } from '../../harness/commands/init.ts';
import { readOwnProject } from '../../harness/commands/project-config.ts';
import { httpdyno, scratchFolder } from '../support/cli.ts';

function project(text: string): string {
  const folder = scratchFolder();
  writeFileSync(path.join(folder, 'httpdyno.config.yaml'), text);
  return folder;
}
const MINIMAL = 'targets:\n  - { id: app, command: node server.js }\nscenarios:\n  - { id: home, path: / }\n';

describe('the words of a command', () => {
  it.each([
    ['node server.js', ['node', 'server.js']],
    ["  node  'my server.js' ", ['node', 'my server.js']],
    ['node "a \\"b\\" c" d\\ e', ['node', 'a "b" c', 'd e']],
    ["sh -c 'echo \\n'", ['sh', '-c', 'echo \\n']],
    ['node --port={port}', ['node', '--port={port}']],
  ])('%s', (text, words) => {
    expect(commandWords(text)).toEqual(words);
  });

  it('B29 leave what a shell would read as it stands', () => {
    expect(commandWords('node a.js; rm -rf $HOME | cat > x && `id` *')).toEqual([
      'node',
      'a.js;',
      'rm',
      '-rf',
      '$HOME',
      '|',
      'cat',
      '>',
      'x',
      '&&',
      '`id`',
      '*',
    ]);
  });

  it.each([[''], ['   '], ['node "open'], ["node ''"], ['a\0b']])('%j is refused', (text) => {
    expect(() => commandWords(text)).toThrow();
  });
});

describe('httpdyno.config.yaml', () => {
  it('may bear the longer ending, but not both', async () => {
    const folder = scratchFolder();
    writeFileSync(path.join(folder, 'httpdyno.config.yml'), MINIMAL);
    expect((await readOwnProject(folder))?.targets).toHaveLength(1);
    writeFileSync(path.join(folder, 'httpdyno.config.yaml'), MINIMAL);
    await expect(readOwnProject(folder)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });

  it('is not needed', async () => {
    expect(await readOwnProject(scratchFolder())).toBeNull();
  });

  it('needs a server and a path, and fills in the rest', async () => {
    const folder = project(MINIMAL);
    const own = await readOwnProject(folder);
    expect(own?.targets[0]).toMatchObject({
      readyPath: '/',
      spec: { id: 'app', run: { command: ['node', 'server.js'] }, scenarios: ['home'], folder, build: null },
    });
    expect(own?.scenarios[0]).toMatchObject({
      id: 'home',
      title: 'home',
      request: { method: 'GET', path: '/', headers: {}, body: null },
      expect: { status: 200, bodyBytes: null },
      connections: 64,
      warmup: 2_000,
    });
  });

  it('gives the port under the name that the server wants', async () => {
    const own = await readOwnProject(
      project(MINIMAL.replace('server.js', 'server.js, portVariable: APP_PORT')),
    );
    expect(own?.targets[0]?.spec.run.env).toEqual({ APP_PORT: '{port}' });
  });

  it.each([
    [
      'neither command nor image',
      MINIMAL.replace(', command: node server.js', ''),
      /needs either `command` or `image`/,
    ],
    ['both', MINIMAL.replace('server.js', 'server.js, image: a:1'), /needs either/],
    ['an unknown key', MINIMAL.replace('command:', 'comand:'), /comand/],
    [
      'a scenario that does not exist',
      MINIMAL.replace('server.js', 'server.js, scenarios: [hom]'),
      /no scenario "hom"/,
    ],
    [
      'an id twice',
      MINIMAL.replace('scenarios:', '  - { id: app, command: b }\nscenarios:'),
      /"app" is there twice/,
    ],
    [
      'a NUL in a variable',
      MINIMAL.replace('server.js', 'server.js, env: { A: "\\0" }'),
      /must not hold NUL/,
    ],
    ['a path without a slash', MINIMAL.replace('path: /', 'path: x'), /must start with \//],
    ['nothing', '', /is empty/],
  ])('with %s is refused, naming the file', async (_, text, message) => {
    const folder = project(text);
    await expect(readOwnProject(folder)).rejects.toThrow(message);
    await expect(readOwnProject(folder)).rejects.toThrow(/httpdyno\.config\.yaml/);
  });

  it('as `init` writes it is valid as it stands', async () => {
    const own = await readOwnProject(project(CONFIG_TEMPLATE));
    expect(own?.targets.map(({ spec }) => spec.id)).toEqual(['app']);
  });

  it('is valid with every line of the template that is commented out', async () => {
    const build = CONFIG_TEMPLATE.replace(/^ {4}# (?=(build:| {2}(command|inputs|artifacts)))/gm, '    ');
    const own = await readOwnProject(project(build));
    expect(own?.targets[0]?.spec.build).toMatchObject({ command: ['npm', 'ci', '--omit=dev'] });
  });
});

describe('httpdyno init', () => {
  it('writes the file once, and never over one that is there', async () => {
    const cwd = scratchFolder();
    const first = await httpdyno(['init'], { cwd });
    expect(first.code).toBe(0);
    expect(await readOwnProject(cwd)).not.toBeNull();
    writeFileSync(path.join(cwd, 'httpdyno.config.yaml'), MINIMAL);
    const second = await httpdyno(['init'], { cwd });
    expect(second.code).toBe(2);
    expect((await readOwnProject(cwd))?.scenarios).toHaveLength(1);
  });
});

describe('what a gate judges', () => {
  it('is every metric, unless told', () => {
    expect(gatedMetrics({}).metrics).toHaveLength(5);
    expect(gatedMetrics({ only: ['cpu', 'rss'] }).metrics).toEqual(['cpuUsPerRequest', 'memoryRssMeanBytes']);
  });

  it('has limits where the user chose them, and judges those metrics in any case', () => {
    expect(gatedMetrics({ only: ['rss'], metric: ['cpu=5%', 'p50=12.5%'] })).toEqual({
      metrics: ['cpuUsPerRequest', 'memoryRssMeanBytes', 'latencyP50Us'],
      limits: { cpuUsPerRequest: 0.05, latencyP50Us: 0.125 },
    });
  });

  it.each([['cpu'], ['cpu=5'], ['cpu=-5%'], ['cpu=0%'], ['speed=5%'], ['=5%']])(
    'B25 refuses the limit %s',
    (limit) => {
      expect(() => gatedMetrics({ metric: [limit] })).toThrow();
    },
  );

  it('names scenarios of bare paths', () => {
    expect(['/', '/api/users?page=2', '/ÄÖ'].map(scenarioIdOf)).toEqual(['root', 'api-users-page-2', 'root']);
  });
});
