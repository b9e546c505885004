import { closeSync, constants, openSync, readdirSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { unreadable } from './readable.ts';

/** Larger than any file read through it; `memory.stat` with its per-node lines is about 4 KiB. */
const buffer = Buffer.allocUnsafe(65_536);

/**
 * A small kernel file that is read again and again: it stays open, which halves the cost of a read and ties it to the
 * very process or control group, so that a reused pid is never mistaken for it.
 */
export interface KernelFile {
  /** The text now; throws `Unreadable` once what it describes is gone. */
  read(): string;
  close(): void;
}

/** The kernel's pseudo file systems under a root, which is `/` except in tests. Every failure is `Unreadable`. */
export interface KernelFiles {
  open(path: string): KernelFile;
  text(path: string): string;
  list(path: string): string[];
  /** Writes to an existing file; never creates one. */
  write(path: string, text: string): void;
}

export function kernelFiles(root: string): KernelFiles {
  const at = <T>(path: string, action: (fullPath: string) => T): T => {
    try {
      return action(join(root, path));
    } catch (error) {
      return unreadable(path, error);
    }
  };
  return {
    open: (path) => {
      const fd = at(path, (fullPath) => openSync(fullPath, 'r'));
      return {
        read: () => at(path, () => buffer.toString('latin1', 0, readSync(fd, buffer, 0, buffer.length, 0))),
        close: () => closeSync(fd),
      };
    },
    text: (path) => at(path, (fullPath) => readWhole(fullPath)),
    list: (path) => at(path, (fullPath) => readdirSync(fullPath)),
    write: (path, text) =>
      at(path, (fullPath) => {
        const fd = openSync(fullPath, constants.O_WRONLY);
        try {
          writeSync(fd, text);
        } finally {
          closeSync(fd);
        }
      }),
  };
}

/** `readFileSync` would take a fresh 64 KiB for each file whose size the kernel gives as 0, which is all of `/proc`. */
function readWhole(fullPath: string): string {
  const fd = openSync(fullPath, 'r');
  try {
    let text = '';
    for (let length = readSync(fd, buffer); length > 0; length = readSync(fd, buffer)) {
      text += buffer.toString('latin1', 0, length);
    }
    return text;
  } finally {
    closeSync(fd);
  }
}
