import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readClaimsFile, readClaimsFolder } from '../../harness/store/claims-files.ts';
import { scratchFolder } from '../support/cli.ts';
import { repository } from '../support/source-tree.ts';

const shipped = path.join(repository, 'scenarios', 'claims');

function copy(name: string): string {
  const folder = scratchFolder();
  cpSync(path.join(shipped, 'hyperlane.yaml'), path.join(folder, name));
  return folder;
}

describe('the folder of claims', () => {
  it('gives each of its files', async () => {
    expect((await readClaimsFolder(shipped)).map(({ id }) => id)).toContain('hyperlane');
  });

  it('is empty where there is none, or nothing in it is a claim', async () => {
    const folder = scratchFolder();
    writeFileSync(path.join(folder, 'notes.txt'), 'not a claim');
    expect(await readClaimsFolder(folder)).toEqual([]);
    expect(await readClaimsFolder(path.join(folder, 'absent'))).toEqual([]);
  });

  it('refuses a file whose id is not its name', async () => {
    await expect(readClaimsFolder(copy('other.yaml'))).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('must be the file\'s name (got "hyperlane")'),
    });
  });

  it('says so where it cannot be read', async () => {
    const file = path.join(copy('hyperlane.yaml'), 'hyperlane.yaml');
    await expect(readClaimsFolder(file)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  });
});

describe('a file of claims', () => {
  it('may have any name when it is named', async () => {
    expect((await readClaimsFile(path.join(copy('other.yaml'), 'other.yaml'))).id).toBe('hyperlane');
  });

  it.each([
    ['is missing', 'FILE_NOT_FOUND', null],
    ['is empty', 'CONFIG_INVALID', ''],
    ['is not UTF-8', 'CONFIG_INVALID', Buffer.from([0xff, 0xfe])],
    ['holds NUL', 'CONFIG_INVALID', 'id: a\0'],
    ['is a list', 'CONFIG_INVALID', '- id: a'],
    ['is larger than 1 MiB', 'CONFIG_INVALID', `# ${'x'.repeat(1_048_576)}`],
    ['reaches for a prototype', 'CONFIG_INVALID', '__proto__: { id: a }'],
    ['expands without end', 'CONFIG_INVALID', bomb()],
  ])('that %s is refused in one line that names it', async (_, code, content) => {
    const file = path.join(scratchFolder(), 'bad.yaml');
    if (content !== null) writeFileSync(file, content);
    const failure = await readClaimsFile(file).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code, message: expect.stringMatching(/^[^\n]*bad\.yaml[^\n]*$/) });
  });

  it('that is a folder is refused', async () => {
    const folder = path.join(scratchFolder(), 'bad.yaml');
    mkdirSync(folder);
    await expect(readClaimsFile(folder)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  });
});

function bomb(): string {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
  for (let i = 1; i < 9; i++) {
    lines.push(`a${i}: &a${i} [${Array.from({ length: 9 }, () => `*a${i - 1}`).join(', ')}]`);
  }
  return lines.join('\n');
}
