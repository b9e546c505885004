import { lstat, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { errnoOf, HarnessError, messageOf } from '../base/errors.ts';
import { parseWith } from '../base/schema.ts';
import type { SessionStore } from '../model/ports.ts';
import { SESSION_SCHEMA_VERSION, type Session, sessionFileSchema } from '../model/session.ts';
import { ensureFolder, refuseUnwritable, writeAtomically } from './atomic-write.ts';
import { checkSeal, seal } from './seal.ts';

export const SESSION_FILE = 'session.json';
const MAX_SESSION_BYTES = 512 * 1_048_576;

/**
 * The place of a new session below `results`, proved to be writable before anything is measured for it; its folder is made
 * with the first save. Refuses a name that is taken.
 */
export async function createSessionStore(results: string, sessionId: string): Promise<SessionStore> {
  const folder = path.join(results, sessionId);
  if (await isFile(path.join(folder, SESSION_FILE))) {
    throw new HarnessError('USAGE', `${folder} already holds a session`, {
      fix: '--id with another name, or `httpdyno resume`',
    });
  }
  return openSessionStore(results, sessionId);
}

/** Opens the folder of a session that may exist, to go on with it. */
export async function openSessionStore(results: string, sessionId: string): Promise<SessionStore> {
  const folder = path.join(results, sessionId);
  await refuseLink(folder);
  await refuseUnwritable(results);
  return {
    folder,
    save: async (session) => {
      await ensureFolder(folder);
      await refuseLink(folder);
      await writeAtomically(path.join(folder, SESSION_FILE), seal(JSON.stringify(session, null, 1)));
    },
  };
}

/** A session's folder is where its name says; one that leads elsewhere was not made by us. */
async function refuseLink(folder: string): Promise<void> {
  const found = await lstat(folder).catch(() => null);
  if (found === null || found.isDirectory()) return;
  throw new HarnessError('DISK', `${folder} is ${found.isSymbolicLink() ? 'a symbolic link' : 'no folder'}`, {
    fix: `--id with another name, or remove ${folder}`,
  });
}

/** Reads and validates a session by its folder, its `session.json`, or its id below `results`; refuses one that was changed. */
export async function readSession(results: string, name: string): Promise<Session> {
  const file = await findSessionFile(results, name);
  let text: string;
  try {
    const { size } = await stat(file);
    if (size > MAX_SESSION_BYTES)
      throw new HarnessError('RESULT_INVALID', `${file}: larger than ${MAX_SESSION_BYTES} bytes`);
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if (cause instanceof HarnessError) throw cause;
    throw new HarnessError('FILE_UNREADABLE', `cannot read ${file}: ${errnoOf(cause) ?? messageOf(cause)}`, {
      cause,
    });
  }
  if (checkSeal(text) === 'broken') {
    throw new HarnessError(
      'RESULT_INVALID',
      `${file}: was changed after it was written: its checksum does not match`,
      { fix: `restore it; \`httpdyno audit ${file}\` says what does not fit` },
    );
  }
  return parseSession(text, file);
}

/** Validates the text of a session file, whatever its seal; a newer schema is refused by name, never half read. */
export function parseSession(text: string, file: string): Session {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new HarnessError('RESULT_INVALID', `${file}: not JSON (${messageOf(cause)})`, { cause });
  }
  const version =
    typeof value === 'object' && value !== null && 'schemaVersion' in value ? value.schemaVersion : null;
  if (typeof version === 'number' && version > SESSION_SCHEMA_VERSION) {
    throw new HarnessError(
      'SCHEMA_TOO_NEW',
      `${file}: schema ${version} is newer than ${SESSION_SCHEMA_VERSION}, the newest known here`,
      {
        fix: 'a newer httpdyno',
      },
    );
  }
  const { contentSha256: _, ...session } = parseWith(sessionFileSchema, value, file, {
    code: 'RESULT_INVALID',
  });
  return session;
}

/** The folder that holds a session, found as `readSession` finds it. */
export async function sessionFolder(results: string, name: string): Promise<string> {
  return path.dirname(await findSessionFile(results, name));
}

async function findSessionFile(results: string, name: string): Promise<string> {
  const candidates = name.endsWith('.json')
    ? [name]
    : [path.join(name, SESSION_FILE), path.join(results, name, SESSION_FILE)];
  for (const candidate of candidates) {
    if (await isFile(candidate)) return candidate;
  }
  throw new HarnessError('FILE_NOT_FOUND', `no session "${name}" (looked for ${candidates.join(', ')})`, {
    fix: '`httpdyno list` shows what there is',
  });
}

async function isFile(file: string): Promise<boolean> {
  return stat(file).then(
    (found) => found.isFile(),
    () => false,
  );
}
