import { symlinkSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { fingerprint } from '../../harness/targets/fingerprint.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder;
const made: ReturnType<typeof tempFolder>[] = [];

afterEach(() => {
  for (const each of made.splice(0)) each.remove();
});

function sources(files: Record<string, string>): ReturnType<typeof tempFolder> {
  const result = folder(files);
  made.push(result);
  return result;
}

describe('the fingerprint of files', () => {
  it('is the same for the same names and bytes, wherever they stand and whenever they were written', async () => {
    const files = { 'src/main.rs': 'fn main() {}', 'Cargo.toml': '[package]' };
    const one = sources(files);
    const other = sources(files);
    utimesSync(path.join(other.path, 'Cargo.toml'), 1, 1);
    const inputs = ['src', 'Cargo.toml'];
    expect(await fingerprint(one.path, inputs)).toBe(await fingerprint(other.path, inputs.toReversed()));
  });

  it.each([
    ['a byte changes', 'src/main.rs', 'fn main() { }'],
    ['a file is added', 'src/deep/new.rs', ''],
  ])('differs when %s', async (_what, file, text) => {
    const source = sources({ 'src/main.rs': 'fn main() {}' });
    const before = await fingerprint(source.path, ['src']);
    source.write(file, text);
    expect(await fingerprint(source.path, ['src'])).not.toBe(before);
  });

  it('differs when bytes move from one file to its neighbour', async () => {
    const one = sources({ 'src/a': 'xy', 'src/b': 'z' });
    const other = sources({ 'src/a': 'x', 'src/b': 'yz' });
    expect(await fingerprint(one.path, ['src'])).not.toBe(await fingerprint(other.path, ['src']));
  });

  it('differs with its salt, in which what is not a file stands', async () => {
    const { path: at } = sources({ a: '' });
    expect(await fingerprint(at, ['a'], 'x64')).not.toBe(await fingerprint(at, ['a'], 'arm64'));
  });

  it('takes ./a and a for the same file, once', async () => {
    const { path: at } = sources({ a: 'text' });
    expect(await fingerprint(at, ['./a', 'a'])).toBe(await fingerprint(at, ['a']));
  });

  it('leaves out the record of the build itself', async () => {
    const source = sources({ a: 'text' });
    const before = await fingerprint(source.path, ['.']);
    source.write('.httpdyno-build.json', '{}');
    expect(await fingerprint(source.path, ['.'])).toBe(before);
  });

  it('is null when one of the files does not exist, or is a dangling link', async () => {
    const { path: at } = sources({ a: '' });
    symlinkSync('/no/such/file', path.join(at, 'link'));
    expect(await fingerprint(at, ['a', 'b'])).toBeNull();
    expect(await fingerprint(at, ['link'])).toBeNull();
  });
});
