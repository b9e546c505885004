import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { httpdyno } from '../support/cli.ts';
import { OWN_SERVER, projectWith } from '../support/own-server.ts';
import { repository } from '../support/source-tree.ts';

const TSC = path.join(repository, 'node_modules', '.bin', 'tsc');
const TARGETS = `targets: [{ id: 'app', command: 'node server.mjs' }], scenarios: [{ id: 'home', path: '/' }]`;
const TYPED = `import { defineConfig } from 'httpdyno';\nexport default defineConfig({ ${TARGETS} });\n`;
const SHORT = ['--rounds', '1', '--duration', '200ms', '--warmup', '100ms', '--driver', 'dyno', '--json'];

describe('a configuration that is a module', { timeout: 120_000 }, () => {
  it('is what `init --ts` writes, and runs as it stands where httpdyno is not even installed', async () => {
    const cwd = projectWith({
      'server.js': OWN_SERVER.replace("import http from 'node:http'", "const http = require('node:http')"),
    });
    const written = await httpdyno(['init', '--ts'], { cwd });
    expect(written.code, written.stderr).toBe(0);
    expect(written.stdout).toContain('written: httpdyno.config.ts');
    const { code, stdout, stderr } = await httpdyno(['run', '--target', 'app', ...SHORT], { cwd });
    expect([0, 3], stderr).toContain(code);
    expect(JSON.parse(stdout)).toMatchObject({ cells: [{ targetId: 'app', scenarioId: 'home' }] });
    expect((await httpdyno(['init'], { cwd })).stderr).toMatch(/httpdyno\.config\.ts is there already/);
  });

  it.each([
    ['httpdyno.config.ts', TYPED.replace('app', 'typed')],
    ['httpdyno.config.mjs', `export default { ${TARGETS.replace('app', 'module')} };`],
    ['httpdyno.config.js', `module.exports = { ${TARGETS.replace('app', 'common')} };`],
  ])('%s is read, and its server is found by its id', async (name, text) => {
    const cwd = projectWith({ [name]: text });
    const { code, stderr } = await httpdyno(['gate', '--base', 'nobody', '--head', 'nobody'], { cwd });
    expect(code).toBe(2);
    expect(stderr).toMatch(/neither a target \((typed|module|common), /);
  });

  it.each([
    [
      'a value of another kind',
      `export default { ${TARGETS.replace("'node server.mjs'", '7')} };`,
      /httpdyno\.config\.mjs: targets\.0\.command: .*expected string, received number \(got 7\)/,
    ],
    [
      'what no text could hold',
      `export default { ${TARGETS}, waivers: 10n };`,
      /waivers: .*expected array, received bigint \(got 10\)/,
    ],
    ['a function', 'export default () => ({});', /expected object, received function \(got a function\)/],
    ['an unknown key', `export default { ${TARGETS}, colour: 1 };`, /"colour"/],
    [
      'no default export',
      `export const config = { ${TARGETS} };`,
      /has no default export\n.*export default defineConfig/,
    ],
    [
      'an error of its own',
      `const one = 1;\nthrow new Error('not today');`,
      /httpdyno\.config\.mjs:2:7: cannot be evaluated: not today/,
    ],
    [
      'a mistake in its syntax',
      `const one = 1;\n\nexport default { one: ;`,
      /httpdyno\.config\.mjs:3: cannot be evaluated: Unexpected token/,
    ],
    [
      'a package that is not there',
      `import 'no-such-package-anywhere';`,
      /cannot be evaluated: Cannot find package/,
    ],
  ])('with %s is refused in one line, and nothing starts', async (_, text, message) => {
    const cwd = projectWith({ 'httpdyno.config.mjs': text });
    const { code, stdout, stderr } = await httpdyno(['run', ...SHORT], { cwd });
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stdout).toBe('');
    expect(existsSync(path.join(cwd, 'results'))).toBe(false);
  });

  it('beside another is refused with both names: nobody could say which one counts', async () => {
    const cwd = projectWith({ 'httpdyno.config.ts': TYPED, 'httpdyno.config.yaml': 'targets: []\n' });
    for (const command of [['run'], ['gate', '--base', 'a', '--head', 'b'], ['init']]) {
      const { code, stderr } = await httpdyno(command, { cwd });
      expect(code).toBe(2);
      expect(stderr).toMatch(
        /both httpdyno\.config\.yaml and httpdyno\.config\.ts are there\n.*keep the one/,
      );
    }
  });

  it('is not evaluated by a command that needs no configuration', async () => {
    const marker = `import { writeFileSync } from 'node:fs';\nwriteFileSync('evaluated', '');\n`;
    const cwd = projectWith({ 'httpdyno.config.ts': marker + TYPED });
    const without = [
      ['--version'],
      ['--help'],
      ['gate', '--help'],
      ['list'],
      ['history'],
      ['init'],
      ['report'],
      ['compare', 'a', 'b'],
      ['resume', 'nothing'],
    ];
    for (const command of without) {
      await httpdyno(command, { cwd });
      expect(existsSync(path.join(cwd, 'evaluated')), command.join(' ')).toBe(false);
    }
    await httpdyno(['gate', '--base', 'nobody', '--head', 'nobody'], { cwd });
    expect(existsSync(path.join(cwd, 'evaluated'))).toBe(true);
  });
});

/** httpdyno as a package manager would lay it out: what `files` names, compiled, with its libraries beside it. */
function install(project: string): string {
  const folder = path.join(project, 'node_modules', 'httpdyno');
  mkdirSync(folder, { recursive: true });
  execFileSync(TSC, [
    '-p',
    path.join(repository, 'tsconfig.build.json'),
    '--outDir',
    path.join(folder, 'dist'),
  ]);
  const { files } = JSON.parse(readFileSync(path.join(repository, 'package.json'), 'utf8'));
  for (const name of ['package.json', ...files.filter((file: string) => file !== 'dist')]) {
    cpSync(path.join(repository, name), path.join(folder, name), {
      recursive: true,
      filter: (source) => !/\/(node_modules|target|dist)$/.test(source),
    });
  }
  symlinkSync(path.join(repository, 'node_modules'), path.join(folder, 'node_modules'));
  return folder;
}

describe('a configuration where httpdyno is installed as a package', { timeout: 180_000 }, () => {
  it('is read by the installed command, checked by an editor, and its schema is shipped along', async () => {
    const project = projectWith({
      'package.json': '{ "type": "module" }',
      'server.mjs': OWN_SERVER,
      'httpdyno.config.ts': TYPED,
      'wrong.ts': TYPED.replace("'node server.mjs'", '7'),
      'tsconfig.json': JSON.stringify({
        compilerOptions: {
          module: 'nodenext',
          target: 'es2024',
          strict: true,
          noEmit: true,
          types: [],
          skipLibCheck: true,
        },
        files: ['httpdyno.config.ts', 'wrong.ts'],
      }),
    });
    const folder = install(project);
    const command = [path.join(folder, 'harness', 'cli.cjs'), 'gate', '--base', 'nobody', '--head', 'nobody'];
    const { status, stderr } = spawnSync(process.execPath, command, { cwd: project, encoding: 'utf8' });
    expect(stderr).toContain('neither a target (app, ');
    expect(status).toBe(2);

    const checked = spawnSync(TSC, ['-p', project], { encoding: 'utf8' });
    expect(checked.stdout).toMatch(/wrong\.ts\(2,\d+\): error TS2322: Type 'number' is not assignable/);
    expect(checked.stdout).not.toMatch(/httpdyno\.config\.ts/);

    const named = /\$schema=(node_modules\/httpdyno\/\S+)/.exec(
      readFileSync(path.join(repository, 'harness', 'commands', 'init.ts'), 'utf8'),
    );
    expect(existsSync(path.join(project, named?.[1] ?? 'nowhere'))).toBe(true);
  });
});
