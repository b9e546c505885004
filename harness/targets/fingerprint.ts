import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, normalize, relative } from 'node:path';

/** What never is an input, whatever folder it stands in. */
const IGNORED_NAMES = new Set(['.httpdyno-build.json', '.git', '.DS_Store']);

/**
 * SHA-256 over the names and bytes of files and folders (`paths`, relative to `folder`), independent of order and of
 * time stamps, or null where one of them does not exist. `salt` joins in what is not a file.
 */
export async function fingerprint(
  folder: string,
  paths: readonly string[],
  salt = '',
): Promise<string | null> {
  const files = await Promise.all(paths.map((path) => filesBelow(folder, path)));
  if (files.includes(null)) return null;
  const hash = createHash('sha256').update(`${salt}\0`);
  for (const file of [...new Set(files.flatMap((list) => list ?? []))].toSorted()) {
    hash.update(`${file}\0`);
    for await (const chunk of createReadStream(join(folder, file))) hash.update(chunk);
    hash.update('\0');
  }
  return hash.digest('hex');
}

/** Files of a path relative to the folder: itself, or what it holds; null where it does not exist. */
async function filesBelow(folder: string, path: string): Promise<string[] | null> {
  const info = await stat(join(folder, path)).catch(() => null);
  if (info === null) return null;
  if (!info.isDirectory()) return [normalize(path)];
  const entries = await readdir(join(folder, path), { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && !IGNORED_NAMES.has(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}
