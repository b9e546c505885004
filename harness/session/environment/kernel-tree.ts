import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** `/proc`, `/sys` and `/etc` as they are read here: what is not there, or not for us, is null. */
export interface KernelTree {
  /** The text of a small file without its last newline, or null. */
  text(file: string): string | null;
  /** A file that holds one whole number, or null. */
  integer(file: string): number | null;
  /** Names in a folder; empty where there is none. */
  list(folder: string): string[];
}

/** The tree under a root, which is `/` except in tests. */
export function kernelTree(root = '/'): KernelTree {
  const text = (file: string): string | null => {
    try {
      return readFileSync(path.join(root, file), 'utf8').trim();
    } catch {
      return null;
    }
  };
  return {
    text,
    integer: (file) => {
      const content = text(file);
      return content !== null && /^\d{1,15}$/.test(content) ? Number(content) : null;
    },
    list: (folder) => {
      try {
        return readdirSync(path.join(root, folder));
      } catch {
        return [];
      }
    },
  };
}
