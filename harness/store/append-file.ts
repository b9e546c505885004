import { appendFile } from 'node:fs/promises';
import { diskError } from './atomic-write.ts';

/** Appends to a file that somebody else began, as the summary of a CI step. */
export async function appendText(file: string, text: string): Promise<void> {
  try {
    await appendFile(file, text);
  } catch (cause) {
    throw diskError(`cannot append to ${file}`, cause);
  }
}
