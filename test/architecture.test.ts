import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { relativeImports, repository, type SourceFile, sourceFiles } from './support/source-tree.ts';

/** What each folder may import beside itself; ARCHITECTURE.md draws the same house. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  base: [],
  model: ['base/units', 'base/schema'],
  histogram: ['model', 'base'],
  analysis: ['histogram', 'model', 'base/units', 'base/random', 'base/errors'],
  engine: ['histogram', 'model', 'base'],
  store: ['model', 'base'],
  reporters: ['model', 'base/units'],
  monitors: ['model', 'base'],
  drivers: ['model', 'base', 'histogram', 'engine'],
  targets: ['model', 'base', 'histogram'],
  session: ['model', 'base', 'analysis'],
  commands: [
    'session',
    'targets',
    'drivers',
    'monitors',
    'reporters',
    'store',
    'engine',
    'analysis',
    'histogram',
    'model',
    'base',
  ],
};

const TOP_FILES = new Set(['harness/main.ts', 'harness/cli.ts', 'harness/index.ts']);
const files = sourceFiles('harness').filter((file) => file.path !== 'harness/cli.ts');
const byPath = new Map(files.map((file) => [file.path, file]));

function floorOf(file: string): string {
  return file.split('/')[1] ?? '';
}

function violations(rule: (file: SourceFile) => string[]): string[] {
  return files.flatMap(rule);
}

/** Files whose code matches, except those that own the matter. */
function usersOf(pattern: RegExp, owners: readonly string[]): string[] {
  return files
    .filter((file) => !owners.some((owner) => file.path.startsWith(owner)) && pattern.test(file.code))
    .map((file) => `${file.path}: ${pattern.exec(file.code)?.[0]?.trim()}`);
}

describe('the floors of harness/', () => {
  it('are exactly the folders that the plan of the house names', () => {
    const folders = readdirSync(path.join(repository, 'harness'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
    expect(folders.toSorted()).toEqual(Object.keys(MAY_IMPORT).toSorted());
  });

  it('import only from their own folder and the floors that they may stand on', () => {
    const wrong = violations((file) => {
      if (TOP_FILES.has(file.path)) return [];
      const floor = floorOf(file.path);
      const allowed = MAY_IMPORT[floor] ?? [];
      return relativeImports(file)
        .filter((target) => floorOf(target) !== floor)
        .filter(
          (target) =>
            !allowed.some(
              (room) => `${target}/`.startsWith(`harness/${room}/`) || target === `harness/${room}.ts`,
            ),
        )
        .map((target) => `${file.path} -> ${target}`);
    });
    expect(wrong).toEqual([]);
  });

  it('import only files that exist', () => {
    const missing = violations((file) =>
      relativeImports(file)
        .filter((target) => target.endsWith('.ts') && !byPath.has(target))
        .map((target) => `${file.path} -> ${target}`),
    );
    expect(missing).toEqual([]);
  });

  it('hold no import cycle', () => {
    const state = new Map<string, 'open' | 'done'>();
    const cycles: string[] = [];
    const visit = (file: string, trail: readonly string[]): void => {
      if (state.get(file) === 'done') return;
      if (state.get(file) === 'open') {
        cycles.push([...trail.slice(trail.indexOf(file)), file].join(' -> '));
        return;
      }
      state.set(file, 'open');
      const source = byPath.get(file);
      for (const next of source === undefined ? [] : relativeImports(source)) visit(next, [...trail, file]);
      state.set(file, 'done');
    };
    for (const file of byPath.keys()) visit(file, []);
    expect(cycles).toEqual([]);
  });
});

describe('every matter has one owner', () => {
  it('time is read by base/clock only', () => {
    // Timers are allowed elsewhere: they wait, they do not tell the time.
    expect(
      usersOf(/\bDate\.now\(|\bperformance\.now\(|\bhrtime\b|\bnew Date\(\)/, ['harness/base/clock.ts']),
    ).toEqual([]);
  });

  it('randomness comes from base/random only', () => {
    expect(
      usersOf(/\bMath\.random\(|\brandomBytes\b|\brandomUUID\b|\brandomInt\b/, ['harness/base/random.ts']),
    ).toEqual([]);
  });

  it('processes are started by base/subprocess only, and never through a shell', () => {
    const owners = ['harness/base/subprocess.ts'];
    expect(usersOf(/['"](?:node:)?child_process['"]|from 'execa'/, owners)).toEqual([]);
    expect(usersOf(/\bshell:\s*true|\bexec\(\s*[`'"]/, [])).toEqual([]);
  });

  it('the process is ended by main only, and nothing prints but through the context of a command', () => {
    expect(usersOf(/\bprocess\.exit\(/, ['harness/main.ts'])).toEqual([]);
    expect(
      usersOf(/\bconsole\.|process\.(?:stdout|stderr)\.write/, [
        'harness/main.ts',
        'harness/commands/context.ts',
      ]),
    ).toEqual([]);
  });

  it('results are written by store only', () => {
    const writers = /\b(?:writeFile|appendFile|createWriteStream|rename|truncate)(?:Sync)?\(/;
    // A driver hands a script to a tool, a build remembers its inputs, a monitor resets a kernel counter: none of it is a result.
    const owners = ['harness/store/', 'harness/targets/', 'harness/drivers/wrk/', 'harness/monitors/'];
    expect(usersOf(writers, owners)).toEqual([]);
  });
});

describe('the house stays small and plain', () => {
  const sizes = files.map((file) => file.lines).toSorted((a, b) => a - b);

  it('has a median file of about 80 lines, nine in ten within 200, none over 400', () => {
    expect(sizes[Math.floor(sizes.length / 2)]).toBeLessThanOrEqual(100);
    expect(sizes.filter((lines) => lines <= 200).length / sizes.length).toBeGreaterThanOrEqual(0.9);
    expect(sizes.at(-1)).toBeLessThanOrEqual(400);
  });

  it('has at least as many lines of test as of source', () => {
    const total = (folder: string): number => sourceFiles(folder).reduce((sum, file) => sum + file.lines, 0);
    expect(total('test')).toBeGreaterThanOrEqual(total('harness'));
  });

  it('has no file or type of the vague kind', () => {
    expect(
      files
        .map((file) => path.basename(file.path))
        .filter((name) => /^(utils?|helpers?|misc|common)\.ts$/.test(name)),
    ).toEqual([]);
    expect(usersOf(/\b(?:class|interface|type) \w+Impl\b/, [])).toEqual([]);
    expect(usersOf(/:\s*any\b|\bas any\b|<any>/, [])).toEqual([]);
  });

  it('names no particular server', () => {
    const ids = readdirSync(path.join(repository, 'servers'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
    expect(ids.length).toBeGreaterThanOrEqual(8);
    expect(usersOf(new RegExp(`['"\`/](?:${ids.join('|')})['"\`/]`), [])).toEqual([]);
  });

  it('is not known to the servers', () => {
    const sources = readdirSync(path.join(repository, 'servers'), {
      recursive: true,
      withFileTypes: true,
    }).filter(
      (entry) =>
        entry.isFile() &&
        /\.(js|ts|rs|go)$/.test(entry.name) &&
        !/node_modules|target/.test(entry.parentPath),
    );
    expect(sources.length).toBeGreaterThanOrEqual(8);
  });
});

describe('the registries are complete', () => {
  const registered = (folder: string, member: (file: SourceFile) => boolean): string[] => {
    const index = byPath.get(`harness/${folder}/index.ts`);
    const imported = new Set(index === undefined ? [] : relativeImports(index));
    return files
      .filter(
        (file) => file.path.startsWith(`harness/${folder}/`) && member(file) && !imported.has(file.path),
      )
      .map((file) => file.path);
  };

  it('every file that registers a command is in commands/index.ts', () => {
    expect(registered('commands', (file) => /export const register\b/.test(file.code))).toEqual([]);
  });

  it('every reporter is in reporters/index.ts', () => {
    expect(registered('reporters', (file) => /export const \w*[rR]eporter\b/.test(file.code))).toEqual([]);
  });

  it('every driver is in drivers/index.ts', () => {
    expect(registered('drivers', (file) => file.path.endsWith('/driver.ts'))).toEqual([]);
  });
});
