import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { z } from '../../harness/base/schema.ts';
import { discoverTargets } from '../../harness/targets/discover.ts';
import { repository } from '../support/source-tree.ts';

const read = (...names: string[]): string => readFileSync(path.join(repository, ...names), 'utf8');

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      integrity: z.string().optional(),
      hasInstallScript: z.boolean().optional(),
      dev: z.boolean().optional(),
      link: z.boolean().optional(),
      optional: z.boolean().optional(),
    }),
  ),
});
const lockedPackages = Object.entries(lockSchema.parse(JSON.parse(read('package-lock.json'))).packages);

describe('S17 what is installed', () => {
  it('needs no install script: `npm ci --ignore-scripts` gives all that runs', () => {
    const scripted = lockedPackages.filter(([, { hasInstallScript }]) => hasInstallScript === true);
    // esbuild's script only spares its launcher a process; the binary comes with an optional package.
    expect(scripted.map(([name]) => name)).toEqual(['node_modules/esbuild']);
    expect(scripted.every(([, { dev }]) => dev === true)).toBe(true);
  });

  it('is locked with its hash, all that every machine installs', () => {
    const fetched = lockedPackages.filter(
      ([name, { link, optional }]) => name.startsWith('node_modules/') && link !== true && optional !== true,
    );
    expect(fetched.length).toBeGreaterThan(50);
    expect(fetched.filter(([, { integrity }]) => !integrity?.startsWith('sha512-'))).toEqual([]);
  });

  it('is named by exact versions in package.json', () => {
    const manifest = z
      .object({
        dependencies: z.record(z.string(), z.string()),
        devDependencies: z.record(z.string(), z.string()),
      })
      .parse(JSON.parse(read('package.json')));
    const versions = Object.values({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });
});

describe('S17 how servers are built', () => {
  it('enforces the lock file of each', async () => {
    const specs = await discoverTargets(path.join(repository, 'servers'));
    const enforced: Readonly<Record<string, readonly string[]>> = {
      cargo: ['--locked'],
      go: ['-mod=readonly'],
      npm: ['ci', '--ignore-scripts'],
    };
    for (const { id, build } of specs) {
      if (build === null) continue;
      const [tool = ''] = build.command;
      expect(build.command, id).toEqual(expect.arrayContaining([...(enforced[tool] ?? ['no such tool'])]));
      const locks = { cargo: 'Cargo.lock', go: 'go.mod', npm: 'package-lock.json' }[tool] ?? '';
      expect(existsSync(path.join(repository, 'servers', id, locks)), id).toBe(true);
    }
  });
});

const workflowSchema = z.object({
  jobs: z.record(z.string(), z.object({ steps: z.array(z.object({ run: z.string().optional() })) })),
});

describe('S17 what the workflows use', () => {
  const folder = path.join(repository, '.github', 'workflows');
  const workflows = readdirSync(folder).filter((name) => name.endsWith('.yml'));

  it.each(workflows)('%s pins every action to a commit', (name) => {
    const uses = [...read('.github', 'workflows', name).matchAll(/uses:\s*(\S+)/g)].map((match) => match[1]);
    expect(uses.length).toBeGreaterThan(0);
    const ours = './';
    expect(uses.filter((action) => action !== ours && !/^[\w./-]+@[0-9a-f]{40}$/.test(action ?? ''))).toEqual(
      [],
    );
  });

  it.each(workflows)('%s is YAML, grants least, and hands no event text to a shell', (name) => {
    const text = read('.github', 'workflows', name);
    const document = parseDocument(text, { uniqueKeys: true });
    expect(document.errors).toEqual([]);
    expect(text).toMatch(/^permissions:\n {2}contents: read$/m);
    // In `with:` and `env:` a value stays a value; in `run:` it would become part of a program.
    const { jobs } = workflowSchema.parse(document.toJS());
    const scripts = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
    expect(scripts.filter((script) => script.includes('${{'))).toEqual([]);
    expect(text).not.toMatch(/pull_request_target|write-all/);
  });

  it('release.yml makes a bill of materials and provenance', () => {
    const text = read('.github', 'workflows', 'release.yml');
    expect(text).toMatch(/npm sbom/);
    expect(text).toMatch(/--provenance/);
    expect(text).toMatch(/npm ci --ignore-scripts/);
  });
});
