import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));

export interface SourceFile {
  /** Relative to the repository, with forward slashes. */
  path: string;
  text: string;
  /** Without comments, so that a rule about code does not trip over prose. */
  code: string;
  lines: number;
}

/** All TypeScript files below a folder of the repository. */
export function sourceFiles(folder: string): SourceFile[] {
  const root = path.join(repository, folder);
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) =>
      path.relative(repository, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'),
    )
    .toSorted()
    .map((file) => {
      const text = readFileSync(path.join(repository, file), 'utf8');
      return { path: file, text, code: withoutComments(text), lines: text.split('\n').length - 1 };
    });
}

/** Paths of the files that a file imports from its own tree, relative to the repository; type imports count too. */
export function relativeImports(file: SourceFile): string[] {
  const found = [
    ...file.code.matchAll(/(?:^|\n)\s*(?:import|export)\b[^'"`;]*?from\s*['"](\.[^'"]+)['"]/g),
    ...file.code.matchAll(/import\s*\(\s*['"](\.[^'"]+)['"]/g),
    ...file.code.matchAll(/new URL\(\s*['"](\.[^'"]+\.ts)['"]/g),
  ];
  return found.map((match) => path.posix.join(path.posix.dirname(file.path), match[1] ?? ''));
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`])\/\/[^\n]*/g, '$1');
}
