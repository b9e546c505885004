import { afterEach, describe, expect, it } from 'vitest';
import type { TargetSpec } from '../../harness/model/target.ts';
import { describeTarget, frameworkVersion, hashOfWhatRuns } from '../../harness/targets/describe.ts';
import { targetSpec } from '../support/factories.ts';
import { tempFolder } from './support/temp-folder.ts';

const folders: ReturnType<typeof tempFolder>[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) folder.remove();
});

function target(
  framework: string,
  files: Record<string, string>,
  overrides: Partial<TargetSpec> = {},
): TargetSpec {
  const folder = tempFolder(files);
  folders.push(folder);
  return targetSpec('measured', { framework, folder: folder.path, ...overrides });
}

const cargoLock = `version = 4

[[package]]
name = "tokio"
version = "0.1.0"

[[package]]
name = "tokio"
version = "1.54.1"
source = "registry+https://example.invalid"

[[package]]
name = "tokio-macros"
version = "2.6.0"
source = "registry+https://example.invalid"
`;

describe('the version of a framework', () => {
  it('comes from Cargo.lock, where the server itself may bear its name', async () => {
    expect(await frameworkVersion(target('tokio', { 'Cargo.lock': cargoLock }))).toBe('1.54.1');
  });

  it('comes from go.mod, by the last part of a module or any other', async () => {
    const mod =
      'module x\n\ngo 1.26\n\nrequire github.com/gin-gonic/gin v1.12.0\n\nrequire (\n\tgolang.org/x/net v0.50.0 // indirect\n)\n';
    expect(await frameworkVersion(target('gin', { 'go.mod': mod }))).toBe('1.12.0');
    expect(await frameworkVersion(target('net', { 'go.mod': mod }))).toBe('0.50.0');
  });

  it('comes from package-lock.json', async () => {
    const lock = JSON.stringify({ packages: { 'node_modules/fastify': { version: '5.12.8' } } }, null, 2);
    expect(await frameworkVersion(target('Fastify', { 'package-lock.json': lock }))).toBe('5.12.8');
  });

  it('is null for what stands in no lock file', async () => {
    expect(await frameworkVersion(target('std::net', { 'Cargo.lock': cargoLock }))).toBeNull();
    expect(await frameworkVersion(target('node:http', {}))).toBeNull();
  });

  it('is null for a name that would be a pattern', async () => {
    const lock = JSON.stringify({ packages: { 'node_modules/fastify': { version: '5.12.8' } } }, null, 2);
    expect(await frameworkVersion(target('.*', { 'package-lock.json': lock }))).toBeNull();
  });
});

const built: Partial<TargetSpec> = {
  build: { needs: [], command: ['make'], env: {}, inputs: ['main.c'], artifacts: ['./server'] },
};

describe('what a record says of a target', () => {
  it('holds its names, its launcher, and the hash that the launcher took', async () => {
    const described = await describeTarget(target('none', {}), 'docker', 'sha256:abc');
    expect(described).toEqual({
      id: 'measured',
      name: 'Measured',
      language: 'Fiction',
      framework: 'none',
      launcher: 'docker',
      artifactHash: 'sha256:abc',
      version: null,
    });
  });

  it('has no hash where none could be taken, rather than that of something else', async () => {
    const described = await describeTarget(target('none', { server: 'binary' }, built), 'docker', null);
    expect(described.artifactHash).toBeNull();
  });
});

describe('the hash of what runs', () => {
  it('is that of the artifact', async () => {
    const [one, other] = await Promise.all(
      ['one', 'two'].map((server) => hashOfWhatRuns(target('none', { server }, built))),
    );
    expect(one).toMatch(/^[0-9a-f]{64}$/);
    expect(one).not.toBe(other);
  });

  it('is that of a script with its neighbours of the same kind', async () => {
    const run = { run: { command: ['node', 'server.js'], env: {} } };
    const files = { 'server.js': 'serve()', 'workers.js': 'one' };
    const [first, second, third] = await Promise.all(
      [files, { ...files, 'workers.js': 'two' }, { ...files, 'README.md': 'words' }].map((each) =>
        hashOfWhatRuns(target('none', each, run)),
      ),
    );
    expect(first).not.toBe(second);
    expect(first).toBe(third);
  });

  it('is null for an artifact that is not there', async () => {
    expect(await hashOfWhatRuns(target('none', {}, built))).toBeNull();
  });
});
