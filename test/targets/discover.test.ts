import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { HarnessError } from '../../harness/base/errors.ts';
import { discoverTargets } from '../../harness/targets/index.ts';
import { tempFolder } from './support/temp-folder.ts';

const folders: ReturnType<typeof tempFolder>[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) folder.remove();
});

function servers(files: Record<string, string>): string {
  const folder = tempFolder(files);
  folders.push(folder);
  return folder.path;
}

function targetFile(id: string, overrides: Record<string, unknown> = {}): string {
  return JSON.stringify({
    id,
    name: id,
    language: 'Fiction',
    framework: 'none',
    build: null,
    run: { command: ['./server'] },
    image: null,
    scenarios: ['1kb'],
    ...overrides,
  });
}

async function refusal(folder: string): Promise<HarnessError> {
  const error: unknown = await discoverTargets(folder).catch((thrown: unknown) => thrown);
  if (error instanceof HarnessError) return error;
  throw new Error('was not refused');
}

describe('the targets of a folder', () => {
  it('are its sub-folders with a target.json, by id, each with its absolute folder', async () => {
    const folder = servers({
      'zeta/target.json': targetFile('zeta'),
      'alpha/target.json': targetFile('alpha'),
    });
    const specs = await discoverTargets(folder);
    expect(specs.map(({ id }) => id)).toEqual(['alpha', 'zeta']);
    expect(path.isAbsolute(specs[0]?.folder ?? '')).toBe(true);
    expect(specs[0]?.folder.endsWith('/alpha')).toBe(true);
  });

  it('get the defaults of the schema', async () => {
    const [spec] = await discoverTargets(servers({ 'a/target.json': targetFile('a') }));
    expect(spec?.run.env).toEqual({});
  });

  it('leave out folders without a target.json, and plain files', async () => {
    const folder = servers({
      'a/target.json': targetFile('a'),
      'README.md': 'words',
      'docs/notes.md': 'words',
    });
    mkdirSync(path.join(folder, 'empty'));
    expect((await discoverTargets(folder)).map(({ id }) => id)).toEqual(['a']);
  });

  it('are the eight that this repository ships, each serving both payloads', async () => {
    const specs = await discoverTargets(path.join(import.meta.dirname, '../../servers'));
    expect(specs.length).toBeGreaterThanOrEqual(8);
    for (const spec of specs) expect(spec.scenarios).toEqual(expect.arrayContaining(['1kb', '1mb']));
  });
});

describe('a target.json that is wrong', () => {
  it('is refused with its file and the place of a syntax error', async () => {
    const error = await refusal(servers({ 'a/target.json': '{\n  "id": "a",,\n}' }));
    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.message).toMatch(/a\/target\.json: not JSON \(line 2/);
  });

  it('is refused with its file and the path of the value', async () => {
    const error = await refusal(servers({ 'a/target.json': targetFile('a', { scenarios: [] }) }));
    expect(error.message).toMatch(/a\/target\.json: scenarios: /);
  });

  it('is refused when its id is not the name of its folder, so that no two share one', async () => {
    const error = await refusal(
      servers({ 'a/target.json': targetFile('b'), 'b/target.json': targetFile('b') }),
    );
    expect(error.message).toMatch(/a\/target\.json: id: must equal the folder's name \(got "b"\)/);
  });

  it('is refused when another target has the same image', async () => {
    const image = { image: 'httpdyno/same:1' };
    const error = await refusal(
      servers({ 'a/target.json': targetFile('a', image), 'b/target.json': targetFile('b', image) }),
    );
    expect(error.message).toMatch(/b\/target\.json: image: a has the same/);
  });

  it.each(['--privileged', 'UPPER/case', 'a b', '-v/:/host', '$(id)'])(
    'S12 is refused for the image %j',
    async (image) => {
      expect((await refusal(servers({ 'a/target.json': targetFile('a', { image }) }))).code).toBe(
        'CONFIG_INVALID',
      );
    },
  );

  it('is refused for a key that the schema does not know', async () => {
    const error = await refusal(servers({ 'a/target.json': targetFile('a', { privileged: true }) }));
    expect(error.message).toContain('privileged');
  });

  it('S10 is refused for a key that reaches a prototype', async () => {
    const text = targetFile('a').replace('"name"', '"__proto__": {"polluted": true}, "name"');
    expect((await refusal(servers({ 'a/target.json': text }))).message).toContain('__proto__');
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });
});

describe('a folder without targets', () => {
  it('is refused by name when it does not exist', async () => {
    const error = await refusal('/no/such/folder');
    expect(error.code).toBe('FILE_NOT_FOUND');
    expect(error.message).toContain('/no/such/folder');
  });

  it('is refused when no sub-folder holds a target.json', async () => {
    expect((await refusal(servers({ 'a/notes.md': '' }))).code).toBe('FILE_NOT_FOUND');
  });
});
