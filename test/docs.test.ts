import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { generatedDocs } from '../tools/generated-docs.ts';
import { repository } from './support/source-tree.ts';

const read = (file: string): string => readFileSync(path.join(repository, file), 'utf8');

describe('the pages and schemas that are derived from the code', () => {
  it.each([...generatedDocs()])('%s is up to date (`npm run docs` rewrites it)', (file, text) => {
    expect(read(file) === text, `${file} differs from what the code says`).toBe(true);
  });
});

describe('the glossary', () => {
  it('names each term once', () => {
    const terms = [...read('docs/glossary.md').matchAll(/^\| \*\*([^*]+)\*\*/gm)].map((match) => match[1]);
    expect(terms.length).toBeGreaterThan(20);
    expect(new Set(terms).size).toBe(terms.length);
  });
});

describe('links between pages', () => {
  it.each([
    'README.md',
    'ARCHITECTURE.md',
    'CONTRIBUTING.md',
    'CHANGELOG.md',
    'docs/metrics.md',
    'docs/glossary.md',
    'docs/claims.md',
    'results/reference/claims.md',
  ])('of %s lead to files that exist', (page) => {
    for (const [, target] of read(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
      expect(() => read(path.join(path.dirname(page), target ?? '')), `${page} -> ${target}`).not.toThrow(
        /ENOENT/,
      );
    }
  });
});
