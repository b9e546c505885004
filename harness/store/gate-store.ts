import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { errnoOf, HarnessError, messageOf } from '../base/errors.ts';
import { parseWith } from '../base/schema.ts';
import { GATE_SCHEMA_VERSION, type GateRecord, gateRecordSchema } from '../model/gate-record.ts';
import { ensureFolder, refuseUnwritable, writeAtomically } from './atomic-write.ts';

export const GATE_FILE = 'gate.json';

/** Where a gate run is kept; `save` replaces the record whole or not at all. */
export interface GateFolder {
  readonly folder: string;
  save(record: GateRecord): Promise<void>;
}

/** The place of a new gate run below `results`; its folder is made with the first save. Refuses a name that is taken. */
export async function createGateFolder(results: string, gateId: string): Promise<GateFolder> {
  const folder = path.join(results, gateId);
  if ((await readOrNull(path.join(folder, GATE_FILE))) !== null) {
    throw new HarnessError('USAGE', `${folder} already holds a gate run`, {
      fix: `--id with another name, or \`httpdyno resume ${gateId}\` to go on with it`,
    });
  }
  await refuseUnwritable(results);
  return openGateFolder(folder);
}

/** Opens the folder of a gate run that may exist, to go on with it. */
export function openGateFolder(folder: string): GateFolder {
  return {
    folder,
    save: async (record) => {
      await ensureFolder(folder);
      await writeAtomically(path.join(folder, GATE_FILE), `${JSON.stringify(record, null, 1)}\n`);
    },
  };
}

/** The file of a gate run by its file, its folder, or its id below `results`; null where there is none. */
export async function findGateFile(results: string, name: string): Promise<string | null> {
  for (const file of candidates(results, name)) {
    if (path.basename(file) === GATE_FILE && (await readOrNull(file)) !== null) return file;
  }
  return null;
}

/** Reads a gate record by its file, its folder, or its id below `results`; anything that is none fails by name. */
export async function readGate(results: string, name: string): Promise<GateRecord> {
  const files = candidates(results, name);
  for (const file of files) {
    const text = await readOrNull(file);
    if (text !== null) return parseGate(text, file);
  }
  throw new HarnessError('FILE_NOT_FOUND', `no gate run "${name}" (looked for ${files.join(', ')})`, {
    fix: 'name its folder, or --results',
  });
}

function candidates(results: string, name: string): string[] {
  return name.endsWith('.json') ? [name] : [path.join(name, GATE_FILE), path.join(results, name, GATE_FILE)];
}

/** Null where there is no such file. Throws FILE_UNREADABLE. */
async function readOrNull(file: string): Promise<string | null> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return null;
    throw new HarnessError('FILE_UNREADABLE', `cannot read ${file}: ${errnoOf(error) ?? messageOf(error)}`);
  });
}

/** Validates the text of a gate record; a newer schema is refused by name, never half read. */
export function parseGate(text: string, file: string): GateRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new HarnessError('RESULT_INVALID', `${file}: not JSON (${messageOf(cause)})`, { cause });
  }
  const version =
    typeof value === 'object' && value !== null && 'schemaVersion' in value ? value.schemaVersion : null;
  if (typeof version === 'number' && version > GATE_SCHEMA_VERSION) {
    throw new HarnessError(
      'SCHEMA_TOO_NEW',
      `${file}: schema ${version} is newer than ${GATE_SCHEMA_VERSION}`,
      {
        fix: 'a newer httpdyno',
      },
    );
  }
  return parseWith(gateRecordSchema, value, file, { code: 'RESULT_INVALID' });
}
