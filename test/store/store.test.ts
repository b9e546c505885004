import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureFolder, sweepTemporaries, writeAtomically } from '../../harness/store/atomic-write.ts';
import { readScenarios } from '../../harness/store/scenario-files.ts';
import {
  createSessionStore,
  openSessionStore,
  parseSession,
  readSession,
} from '../../harness/store/session-store.ts';
import { plannedTrial, session, validTrial } from '../support/factories.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'httpdyno-store-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const isDisk = (errno: string): unknown =>
  expect.objectContaining({ code: 'DISK', exitCode: 5, message: expect.stringContaining(errno) });

describe('an atomic write', () => {
  it('replaces the whole file and leaves nothing beside it', async () => {
    const file = path.join(folder, 'a.json');
    await writeAtomically(file, 'old');
    await writeAtomically(file, 'new');
    expect(readFileSync(file, 'utf8')).toBe('new');
    expect(readdirSync(folder)).toEqual(['a.json']);
  });

  it('S20: makes files that only their owner can read', async () => {
    const file = path.join(folder, 'a.json');
    await writeAtomically(file, 'x');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('M10: never has a reader see half of a file', async () => {
    const file = path.join(folder, 'a.txt');
    const contents = ['a', 'b'].map((letter) => letter.repeat(2_000_000));
    await writeAtomically(file, contents[0] ?? '');
    let writing = true;
    const writer = (async () => {
      for (let i = 1; i <= 10; i++) await writeAtomically(file, contents[i % 2] ?? '');
      writing = false;
    })();
    let reads = 0;
    while (writing) {
      expect(contents).toContain(readFileSync(file, 'utf8'));
      reads++;
      await new Promise((resolve) => setImmediate(resolve));
    }
    await writer;
    expect(reads).toBeGreaterThan(5);
  });

  it('F25: into a folder that is not there names the errno and exits 5', async () => {
    await expect(writeAtomically(path.join(folder, 'none', 'a'), 'x')).rejects.toThrow(isDisk('ENOENT'));
  });

  it('F25: over something that cannot be replaced leaves it as it was, and no temporary file', async () => {
    const file = path.join(folder, 'taken');
    mkdirSync(path.join(file, 'inner'), { recursive: true });
    await expect(writeAtomically(file, 'x')).rejects.toThrow(expect.objectContaining({ code: 'DISK' }));
    expect(readdirSync(folder)).toEqual(['taken']);
  });

  it('S9: replaces a planted symlink instead of writing through it', async () => {
    const outside = path.join(folder, 'outside');
    writeFileSync(outside, 'untouched');
    const file = path.join(folder, 'a.json');
    symlinkSync(outside, file);
    await writeAtomically(file, 'new');
    expect(readFileSync(outside, 'utf8')).toBe('untouched');
    expect(readFileSync(file, 'utf8')).toBe('new');
  });

  it('makes folders with their parents, and says why where it cannot', async () => {
    await ensureFolder(path.join(folder, 'a', 'b'));
    writeFileSync(path.join(folder, 'file'), '');
    await expect(ensureFolder(path.join(folder, 'file', 'b'))).rejects.toThrow(isDisk('ENOTDIR'));
  });
});

describe('a stored session', () => {
  const stored = { ...session([plannedTrial()]), trials: [validTrial()] };

  it('is read back exactly as it was saved, by folder, by file and by id', async () => {
    const store = await createSessionStore(folder, 'one');
    await store.save(stored);
    for (const name of [store.folder, path.join(store.folder, 'session.json'), 'one']) {
      expect(await readSession(folder, name)).toEqual(stored);
    }
  });

  it('is never overwritten by a new one of the same name', async () => {
    await (await createSessionStore(folder, 'one')).save(stored);
    await expect(createSessionStore(folder, 'one')).rejects.toThrow(
      expect.objectContaining({ code: 'USAGE' }),
    );
    await expect(openSessionStore(folder, 'one')).resolves.toBeDefined();
  });

  it('that is missing is named with the places searched', async () => {
    await expect(readSession(folder, 'none')).rejects.toThrow(
      expect.objectContaining({ code: 'FILE_NOT_FOUND', exitCode: 2 }),
    );
  });

  it('S9: is never written through a planted link in place of its folder', async () => {
    const elsewhere = path.join(folder, 'elsewhere');
    mkdirSync(elsewhere);
    const results = path.join(folder, 'results');
    mkdirSync(results);
    symlinkSync(elsewhere, path.join(results, 'one'));
    await expect(createSessionStore(results, 'one')).rejects.toThrow(isDisk('symbolic link'));
    const store = await createSessionStore(results, 'two');
    symlinkSync(elsewhere, path.join(results, 'two'));
    await expect(store.save(stored)).rejects.toThrow(isDisk('symbolic link'));
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  it('S20: lies in a folder that only its owner can enter', async () => {
    const store = await createSessionStore(path.join(folder, 'results'), 'one');
    await store.save(stored);
    expect(statSync(store.folder).mode & 0o777).toBe(0o700);
  });

  it('has no folder before there is anything to keep', async () => {
    const store = await createSessionStore(folder, 'one');
    expect(readdirSync(folder)).toEqual([]);
    await store.save(stored);
    expect(readdirSync(folder)).toEqual(['one']);
  });

  it('S16: is refused when one byte of it was changed, wherever that is', async () => {
    const store = await createSessionStore(folder, 'one');
    await store.save(stored);
    const file = path.join(store.folder, 'session.json');
    const bytes = readFileSync(file);
    for (let at = 0; at < bytes.length; at += 1 + Math.floor(bytes.length / 200)) {
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      writeFileSync(file, flipped);
      await expect(readSession(folder, 'one'), `byte ${at}`).rejects.toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^(RESULT_INVALID|SCHEMA_TOO_NEW)$/) }),
      );
    }
    writeFileSync(file, bytes);
    expect(await readSession(folder, 'one')).toEqual(stored);
  });

  it('S16: without a seal, as older versions wrote it, is read all the same', async () => {
    mkdirSync(path.join(folder, 'old'));
    writeFileSync(path.join(folder, 'old', 'session.json'), JSON.stringify(stored));
    expect(await readSession(folder, 'old')).toEqual(stored);
  });

  it('F39: of a newer schema is refused as such', () => {
    const text = JSON.stringify({ ...stored, schemaVersion: 99 });
    expect(() => parseSession(text, 's.json')).toThrow(expect.objectContaining({ code: 'SCHEMA_TOO_NEW' }));
  });

  it.each([
    ['truncated', (text: string) => text.slice(0, 200)],
    ['without trials', (text: string) => text.replace('"trials"', '"trails"')],
    ['with a verdict that does not exist', (text: string) => text.replace('"valid"', '"splendid"')],
    ['with a negative count', (text: string) => text.replace(/"ok":\d+/, '"ok":-1')],
    ['of another kind', () => '[1,2,3]'],
    ['empty', () => ''],
  ])('F39: that is %s is refused with the name of its file', (_, damage) => {
    expect(() => parseSession(damage(JSON.stringify(stored)), 's.json')).toThrow(
      expect.objectContaining({ code: 'RESULT_INVALID', message: expect.stringMatching(/^s\.json: /) }),
    );
  });

  it('F39: that is refused stays as it was', async () => {
    const { folder: place } = await createSessionStore(folder, 'one');
    mkdirSync(place);
    const file = path.join(place, 'session.json');
    const text = JSON.stringify({ ...stored, schemaVersion: 99 });
    writeFileSync(file, text);
    await expect(readSession(folder, 'one')).rejects.toThrow(
      expect.objectContaining({ code: 'SCHEMA_TOO_NEW', exitCode: 2 }),
    );
    expect(readFileSync(file, 'utf8')).toBe(text);
    expect(readdirSync(place)).toEqual(['session.json']);
  });
});

describe('a folder of scenarios', () => {
  const valid =
    'id: small\ntitle: Small\nrequest: { path: / }\nexpect: {}\nwarmup: 1s\nwarmupMax: 1s\nmeasure: 1s\ndrain: 0s\nrequestTimeout: 1s\n';

  it('is read in the order of names', async () => {
    writeFileSync(path.join(folder, 'small.yaml'), valid);
    writeFileSync(path.join(folder, 'big.yaml'), valid.replace('id: small', 'id: big'));
    expect((await readScenarios(folder)).map(({ id }) => id)).toEqual(['big', 'small']);
  });

  it('with a file whose id is not its name is refused', async () => {
    writeFileSync(path.join(folder, 'other.yaml'), valid);
    await expect(readScenarios(folder)).rejects.toThrow(
      /other\.yaml: id: must be the file's name \(got "small"\)/,
    );
  });

  it('B01: that is not there is refused', async () => {
    await expect(readScenarios(path.join(folder, 'none'))).rejects.toThrow(
      expect.objectContaining({ exitCode: 2 }),
    );
  });
});

describe('what a writer that was killed leaves', () => {
  it('F23: is swept from a folder and those below it, and nothing else with it', async () => {
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    mkdirSync(path.join(folder, 'one'));
    const left = path.join(folder, 'one', `.session.json.${dead}.0123456789ab.tmp`);
    const others = [
      path.join(folder, 'one', `.session.json.${process.pid}.0123456789ab.tmp`),
      path.join(folder, 'one', `session.json.${dead}.0123456789ab.tmp`),
      path.join(folder, 'one', `.session.json.${dead}.tmp`),
    ];
    for (const file of [left, ...others]) writeFileSync(file, '');
    expect(await sweepTemporaries(folder)).toEqual([left]);
    expect(readdirSync(path.join(folder, 'one'))).toHaveLength(others.length);
    expect(await sweepTemporaries(path.join(folder, 'nowhere'))).toEqual([]);
  });
});
