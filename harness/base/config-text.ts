import { open } from 'node:fs/promises';
import { errnoOf, HarnessError } from './errors.ts';

const MAX_CONFIG_BYTES = 1_048_576;

/**
 * The text of a file that a person writes: UTF-8, at most 1 MiB, without NUL, a byte order mark left out. Never reads more
 * than that. Throws FILE_NOT_FOUND, FILE_UNREADABLE with the errno, or CONFIG_INVALID, each naming the file.
 */
export async function readConfigText(file: string): Promise<string> {
  const bytes = await readAtMost(file, MAX_CONFIG_BYTES + 1);
  const refuse = (problem: string): never => {
    throw new HarnessError('CONFIG_INVALID', `${file}: ${problem}`);
  };
  if (bytes.length > MAX_CONFIG_BYTES) return refuse(`larger than ${MAX_CONFIG_BYTES} bytes`);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return refuse('is not UTF-8');
  }
  return text.includes('\0') ? refuse('holds NUL, as no text does') : text;
}

async function readAtMost(file: string, limit: number): Promise<Uint8Array> {
  try {
    const handle = await open(file);
    try {
      const buffer = new Uint8Array(limit);
      let length = 0;
      for (;;) {
        const { bytesRead } = await handle.read(buffer, length, limit - length);
        length += bytesRead;
        if (bytesRead === 0 || length === limit) return buffer.subarray(0, length);
      }
    } finally {
      await handle.close();
    }
  } catch (cause) {
    const errno = errnoOf(cause) ?? 'unknown';
    const code = errno === 'ENOENT' ? 'FILE_NOT_FOUND' : 'FILE_UNREADABLE';
    throw new HarnessError(code, `${file}: cannot be read (${errno})`, { cause });
  }
}
