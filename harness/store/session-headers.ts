import { open, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { z } from '../base/schema.ts';
import { SESSION_SCHEMA_VERSION, sessionSchema } from '../model/session.ts';
import { SESSION_FILE } from './session-store.ts';

const headerSchema = sessionSchema.pick({ schemaVersion: true, status: true, startedAt: true, argv: true });

export type SessionHeader =
  | { id: string; kind: 'read'; header: z.infer<typeof headerSchema> }
  /** A newer schema, or a file that this program did not write; the sentence says which. */
  | { id: string; kind: 'unknown'; why: string };

/** A session's file is mostly histograms; what says when it ran and how it ended stands in its first lines. */
const HEAD_BYTES = 16_384;
/** The first member after those of the header, as the store writes it. */
const FIRST_BULKY_MEMBER = ',\n "environment":';
const FILES_AT_ONCE = 64;

/** What there is below `results`, newest first, from the first lines of each session; those of unknown age are last. */
export async function listSessions(results: string): Promise<SessionHeader[]> {
  const entries = await readdir(results, { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const found: SessionHeader[] = [];
  for (let first = 0; first < folders.length; first += FILES_AT_ONCE) {
    const some = folders.slice(first, first + FILES_AT_ONCE);
    const headers = await Promise.all(some.map(async (id) => headerOf(results, id)));
    found.push(...headers.filter((header) => header !== null));
  }
  const age = (one: SessionHeader): string => (one.kind === 'read' ? one.header.startedAt : '');
  return found.toSorted((a, b) => inverse(age(a), age(b)) || inverse(a.id, b.id));
}

/** Null where the folder holds no session. */
async function headerOf(results: string, id: string): Promise<SessionHeader | null> {
  const head = await headText(path.join(results, id, SESSION_FILE));
  if (head === null) return null;
  const end = head.indexOf(FIRST_BULKY_MEMBER);
  const parsed = headerSchema.loose().safeParse(jsonOrNull(end < 0 ? head : `${head.slice(0, end)}}`));
  if (parsed.success) {
    const { schemaVersion, status, startedAt, argv } = parsed.data;
    return { id, kind: 'read', header: { schemaVersion, status, startedAt, argv } };
  }
  const version = /^\{\s*"schemaVersion":\s*(\d{1,9})\b/.exec(head)?.[1];
  const newer = version !== undefined && Number(version) > SESSION_SCHEMA_VERSION;
  return { id, kind: 'unknown', why: newer ? `schema ${version}, newer than known here` : 'not readable' };
}

async function headText(file: string): Promise<string | null> {
  const handle = await open(file, 'r').catch(() => null);
  if (handle === null) return null;
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } catch {
    return null;
  } finally {
    await handle.close();
  }
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Later text first. */
function inverse(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? 1 : -1;
}
