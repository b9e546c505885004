import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { readConfigText } from '../base/config-text.ts';
import { errnoOf, HarnessError } from '../base/errors.ts';
import { parseYaml } from '../base/yaml.ts';
import { type Claims, claimsSchema } from '../model/claims.ts';

/** Reads one file of published claims. Throws FILE_NOT_FOUND, FILE_UNREADABLE or CONFIG_INVALID, placed at `file:line:col`. */
export async function readClaimsFile(file: string): Promise<Claims> {
  return parseYaml(claimsSchema, await readConfigText(file), file);
}

/** Every file of claims (`*.yaml`) of a folder, in order of name; none where there is no such folder. A file's id is its name. */
export async function readClaimsFolder(folder: string): Promise<Claims[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (cause) {
    if (errnoOf(cause) === 'ENOENT') return [];
    const errno = errnoOf(cause) ?? 'unknown';
    throw new HarnessError('FILE_UNREADABLE', `${folder}: cannot be read (${errno})`, { cause });
  }
  const all: Claims[] = [];
  for (const name of names.filter((entry) => entry.endsWith('.yaml')).toSorted()) {
    const file = path.join(folder, name);
    const claims = await readClaimsFile(file);
    if (`${claims.id}.yaml` !== name) {
      throw new HarnessError('CONFIG_INVALID', `${file}: id: must be the file's name (got "${claims.id}")`);
    }
    all.push(claims);
  }
  return all;
}
