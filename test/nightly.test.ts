import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import everyDay from '../vitest.config.ts';
import nightly from '../vitest.nightly.config.ts';
import { repository } from './support/source-tree.ts';

const named = readdirSync(path.join(repository, 'test'), { recursive: true, encoding: 'utf8' })
  .map((name) => path.posix.join('test', name.replaceAll(path.sep, '/')))
  .filter((name) => /nightly/.test(path.basename(name)) && name !== 'test/nightly.test.ts');

const matched = (patterns: readonly string[] | undefined): string[] =>
  named.filter((name) => patterns?.some((pattern) => path.matchesGlob(name, pattern)));

describe('the nightly tier', () => {
  it('runs every file that is named after it, and nothing else', () => {
    expect(named.length).toBeGreaterThan(5);
    expect(matched(nightly.test?.include)).toEqual(named);
    expect(nightly.test?.include?.every((pattern) => pattern.includes('.nightly.'))).toBe(true);
    expect(nightly.test?.exclude).toBeUndefined();
  });

  it('is left out of the tests of every day', () => {
    for (const project of everyDay.test?.projects ?? []) {
      if (typeof project !== 'object' || !('test' in project)) throw new Error('a project without tests');
      const { include, exclude } = project.test ?? {};
      const left = new Set(matched(exclude));
      expect(matched(include).filter((name) => !left.has(name))).toEqual([]);
    }
  });

  it('has more time than the tests of every day, and no file beside another', () => {
    expect(nightly.test?.testTimeout).toBeGreaterThan(everyDay.test?.testTimeout ?? 0);
    expect(nightly.test?.fileParallelism).toBe(false);
  });
});
