import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { errnoOf, HarnessError, messageOf } from '../base/errors.ts';
import { parseWith } from '../base/schema.ts';
import { GATE_SCHEMA_VERSION, type GateRecord, gateRecordSchema } from '../model/gate-record.ts';
import { ensureFolder, writeAtomically } from './atomic-write.ts';

export const GATE_FILE = 'gate.json';

/** Where a gate run is kept; `save` replaces the record whole or not at all. */
export interface GateFolder {
  readonly folder: string;
  save(record: GateRecord): Promise<void>;
  /** Writes a file beside the record: what is derived from it. */
  write(name: string, text: string): Promise<string>;
}

/** Opens the folder of a gate run below `results`. */
export async function createGateFolder(results: string, gateId: string): Promise<GateFolder> {
  const folder = path.join(results, gateId);
  await ensureFolder(folder);
  return {
    folder,
    save: async (record) =>
      writeAtomically(path.join(folder, GATE_FILE), `${JSON.stringify(record, null, 1)}\n`),
    write: async (name, text) => {
      const file = path.join(folder, name);
      await writeAtomically(file, text);
      return file;
    },
  };
}

/** Reads a gate record by its file, its folder, or its id below `results`; anything that is none fails by name. */
export async function readGate(results: string, name: string): Promise<GateRecord> {
  const candidates = name.endsWith('.json')
    ? [name]
    : [path.join(name, GATE_FILE), path.join(results, name, GATE_FILE)];
  for (const file of candidates) {
    const text = await readFile(file, 'utf8').catch((error: unknown) => {
      if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return null;
      throw new HarnessError('FILE_UNREADABLE', `cannot read ${file}: ${errnoOf(error) ?? messageOf(error)}`);
    });
    if (text !== null) return parseGate(text, file);
  }
  throw new HarnessError('FILE_NOT_FOUND', `no gate run "${name}" (looked for ${candidates.join(', ')})`, {
    fix: 'name its folder, or --results',
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
