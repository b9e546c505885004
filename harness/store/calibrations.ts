import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { errnoOf, HarnessError, messageOf } from '../base/errors.ts';
import { parseJson } from '../base/schema.ts';
import {
  CALIBRATION_SCHEMA_VERSION,
  type Calibration,
  type CalibrationFile,
  calibrationFileSchema,
  sameConditions,
} from '../model/calibration.ts';
import { ensureFolder, writeAtomically } from './atomic-write.ts';

const FOLDER = 'calibration';

/** The calibrations of a machine, by its fingerprint, below `results`; none where there is no file yet. */
export async function readCalibrations(
  results: string,
  fingerprint: string,
): Promise<readonly Calibration[]> {
  const file = fileOf(results, fingerprint);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if (errnoOf(cause) === 'ENOENT') return [];
    throw new HarnessError('FILE_UNREADABLE', `cannot read ${file}: ${messageOf(cause)}`, {
      fix: `remove ${file}`,
      cause,
    });
  }
  const stored = parseJson(calibrationFileSchema, text, file, 'RESULT_INVALID');
  return stored.fingerprint === fingerprint ? stored.entries : [];
}

/** Adds calibrations to those of a machine; one of the same conditions replaces the older. */
export async function storeCalibrations(
  results: string,
  machine: { fingerprint: string; harnessVersion: string },
  added: readonly Calibration[],
): Promise<string> {
  const file = fileOf(results, machine.fingerprint);
  const known = await readCalibrations(results, machine.fingerprint);
  const kept = known.filter((entry) => !added.some((newer) => sameConditions(entry, newer)));
  const content: CalibrationFile = {
    schemaVersion: CALIBRATION_SCHEMA_VERSION,
    ...machine,
    entries: [...kept, ...added],
  };
  await ensureFolder(path.dirname(file));
  await writeAtomically(file, `${JSON.stringify(content, null, 1)}\n`);
  return file;
}

function fileOf(results: string, fingerprint: string): string {
  return path.join(results, FOLDER, `${fingerprint.slice(0, 16)}.json`);
}
