import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A folder of the test's own with the given files; `remove` deletes exactly it. */
export function tempFolder(files: Readonly<Record<string, string>> = {}): {
  path: string;
  write: (file: string, text: string) => void;
  remove: () => void;
} {
  const folder = mkdtempSync(path.join(tmpdir(), 'httpdyno-test-'));
  const write = (file: string, text: string): void => {
    const target = path.join(folder, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
  };
  for (const [file, text] of Object.entries(files)) write(file, text);
  return { path: folder, write, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
