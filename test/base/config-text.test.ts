import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfigText } from '../../harness/base/config-text.ts';
import { refuseRepeatedKeys } from '../../harness/base/yaml.ts';
import { scratchFolder } from '../support/cli.ts';

function fileWith(content: string | Uint8Array): string {
  const file = path.join(scratchFolder(), 'a.yaml');
  writeFileSync(file, content);
  return file;
}

describe('a file that a person wrote', () => {
  it('is read as UTF-8, without a byte order mark', async () => {
    expect(await readConfigText(fileWith('\ufeffid: größe\n'))).toBe('id: größe\n');
    expect(await readConfigText(fileWith(''))).toBe('');
  });

  it.each<[string, string | Uint8Array, RegExp]>([
    ['B12 of another encoding', Buffer.from('a', 'utf16le'), /holds NUL/],
    ['B12 with a stray byte', Uint8Array.of(0x61, 0xff), /is not UTF-8/],
    ['B12 cut within a character', Uint8Array.of(0xc3), /is not UTF-8/],
    ['B10 a byte too long', 'x'.repeat(1_048_577), /larger than 1048576 bytes/],
  ])('%s is refused', async (_, content, message) => {
    await expect(readConfigText(fileWith(content))).rejects.toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        exitCode: 2,
        message: expect.stringMatching(message),
      }),
    );
  });

  it('B10 of just 1 MiB is read', async () => {
    expect(await readConfigText(fileWith('x'.repeat(1_048_576)))).toHaveLength(1_048_576);
  });

  it('B01 B03 that cannot be read is refused with the errno', async () => {
    const folder = scratchFolder();
    mkdirSync(path.join(folder, 'inner'));
    symlinkSync('loop', path.join(folder, 'loop'));
    await expect(readConfigText(path.join(folder, 'none'))).rejects.toThrow(
      /none: cannot be read \(ENOENT\)/,
    );
    await expect(readConfigText(path.join(folder, 'inner'))).rejects.toThrow(/\(EISDIR\)/);
    await expect(readConfigText(path.join(folder, 'loop'))).rejects.toThrow(/\(ELOOP\)/);
  });
});

describe('B06 a key that stands twice in JSON', () => {
  it('is refused at its place, however deep', () => {
    expect(() => refuseRepeatedKeys('{\n "a": [{"b": 1, "b": 2}]\n}', 'x.json')).toThrow(
      /^x\.json:2:\d+: a key stands here twice$/,
    );
  });

  it('is fine in two objects, and whatever the indentation', () => {
    expect(() => refuseRepeatedKeys('{\n\t"a": {"x": 1},\n\t"b": {"x": 1}\n}\n', 'x.json')).not.toThrow();
  });
});
