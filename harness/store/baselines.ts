import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { errnoOf, HarnessError, messageOf } from '../base/errors.ts';
import { parseWith } from '../base/schema.ts';
import {
  type Baseline,
  BASELINE_RUNS,
  BASELINE_SCHEMA_VERSION,
  type BaselineRun,
  baselineSchema,
} from '../model/baseline.ts';
import { ensureFolder, writeAtomically } from './atomic-write.ts';

export const BASELINES_FOLDER = 'baselines';

/** Where the baseline of a target is kept below the results. */
export function baselineFile(results: string, targetId: string): string {
  return path.join(results, BASELINES_FOLDER, `${targetId}.json`);
}

/** Reads a baseline; one that is missing, unreadable, newer or damaged is an error by name: a gate never guesses. */
export async function readBaseline(file: string): Promise<Baseline> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    const why = errnoOf(cause) ?? messageOf(cause);
    throw new HarnessError(
      why === 'ENOENT' ? 'FILE_NOT_FOUND' : 'FILE_UNREADABLE',
      `baseline ${file}: ${why}`,
      {
        fix: '`httpdyno gate --head <target> --init-baseline` begins one',
        cause,
      },
    );
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new HarnessError('RESULT_INVALID', `baseline ${file}: not JSON (${messageOf(cause)})`, { cause });
  }
  const version =
    typeof value === 'object' && value !== null && 'schemaVersion' in value ? value.schemaVersion : null;
  if (typeof version === 'number' && version > BASELINE_SCHEMA_VERSION) {
    throw new HarnessError(
      'SCHEMA_TOO_NEW',
      `baseline ${file}: schema ${version} is newer than ${BASELINE_SCHEMA_VERSION}`,
      {
        fix: 'a newer httpdyno',
      },
    );
  }
  return parseWith(baselineSchema, value, file, { code: 'RESULT_INVALID' });
}

/** Whether a file claims to be a baseline, by where it lies or what it holds; whether it is a good one, reading it tells. */
export async function holdsBaseline(file: string): Promise<boolean> {
  if (path.basename(path.dirname(file)) === BASELINES_FOLDER) return true;
  const text = await readFile(file, 'utf8').catch(() => '');
  return /^\s*\{\s*"schemaVersion":\s*\d+,\s*"targetId":/.test(text);
}

/** Throws USAGE where there is a baseline already: none is ever replaced. */
export async function refuseExistingBaseline(file: string): Promise<void> {
  const exists = await readFile(file).then(
    () => true,
    () => false,
  );
  if (exists) {
    throw new HarnessError('USAGE', `${file} is there already and was left as it is`, {
      fix: '--append to add a run, or remove the file to begin anew',
    });
  }
}

/** Begins a baseline; one that exists is never replaced. */
export async function initBaseline(file: string, targetId: string, run: BaselineRun): Promise<Baseline> {
  await refuseExistingBaseline(file);
  const baseline: Baseline = { schemaVersion: BASELINE_SCHEMA_VERSION, targetId, runs: [run], pinned: null };
  await save(file, baseline);
  return baseline;
}

/** Adds an accepted run at the end, and lets go of the oldest beyond twenty; a pinned run stays until another is pinned. */
export async function appendRun(file: string, run: BaselineRun, pin: boolean): Promise<Baseline> {
  const before = await readBaseline(file);
  const baseline: Baseline = {
    ...before,
    runs: [...before.runs, run].slice(-BASELINE_RUNS),
    pinned: pin ? run : before.pinned,
  };
  await save(file, baseline);
  return baseline;
}

/** Every baseline below the results, by target; one that cannot be read is an error. */
export async function readBaselines(results: string): Promise<Baseline[]> {
  const folder = path.join(results, BASELINES_FOLDER);
  const names = await readdir(folder).catch(() => []);
  const files = names.filter((name) => name.endsWith('.json')).toSorted();
  return Promise.all(files.map((name) => readBaseline(path.join(folder, name))));
}

async function save(file: string, baseline: Baseline): Promise<void> {
  await ensureFolder(path.dirname(file));
  await writeAtomically(file, `${JSON.stringify(baseline, null, 1)}\n`);
}
