import { afterEach, describe, expect, it } from 'vitest';
import type { TargetSpec } from '../../harness/model/target.ts';
import { describeTarget, frameworkVersion } from '../../harness/targets/describe.ts';
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

describe('what a record says of a target', () => {
  const built: Partial<TargetSpec> = {
    build: { needs: [], command: ['make'], env: {}, inputs: ['main.c'], artifacts: ['./server'] },
  };

  it('holds its names, its launcher and a hash of its artifact', async () => {
    const spec = target('none', { server: 'binary', 'main.c': '' }, built);
    const described = await describeTarget(spec, 'process');
    expect(described).toMatchObject({ id: 'measured', name: 'Measured', launcher: 'process', version: null });
    expect(described.artifactHash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('has another hash for another artifact', async () => {
    const hashes = await Promise.all(
      ['one', 'two'].map(
        async (server) => (await describeTarget(target('none', { server }, built), 'process')).artifactHash,
      ),
    );
    expect(hashes[0]).not.toBe(hashes[1]);
  });

  it('hashes the sources of a script with their neighbours of the same kind', async () => {
    const run = { run: { command: ['node', 'server.js'], env: {} } };
    const files = { 'server.js': 'serve()', 'workers.js': 'one' };
    const first = await describeTarget(target('none', files, run), 'process');
    const second = await describeTarget(target('none', { ...files, 'workers.js': 'two' }, run), 'process');
    const third = await describeTarget(target('none', { ...files, 'README.md': 'words' }, run), 'process');
    expect(first.artifactHash).not.toBe(second.artifactHash);
    expect(first.artifactHash).toBe(third.artifactHash);
  });

  it('has no hash for an artifact that is not there', async () => {
    expect((await describeTarget(target('none', {}, built), 'process')).artifactHash).toBeNull();
  });

  it('takes the image id where a container runs', async () => {
    const described = await describeTarget(target('none', {}), 'docker', 'sha256:abc');
    expect(described).toMatchObject({ launcher: 'docker', artifactHash: 'sha256:abc' });
  });
});
