import { readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { readConfigText } from '../base/config-text.ts';
import { HarnessError } from '../base/errors.ts';
import { parseJson } from '../base/schema.ts';
import { refuseRepeatedKeys } from '../base/yaml.ts';
import { type TargetSpec, targetFileSchema } from '../model/target.ts';

const FILE_NAME = 'target.json';

/**
 * The targets of a folder: each sub-folder with a `target.json`, sorted by id. Throws CONFIG_INVALID naming the file
 * where one does not fit the schema or its folder, and FILE_NOT_FOUND where the folder holds none at all.
 */
export async function discoverTargets(serversFolder: string): Promise<TargetSpec[]> {
  const folder = await realpath(serversFolder).catch((cause: unknown) => {
    throw new HarnessError('FILE_NOT_FOUND', `${serversFolder}: no such folder of servers`, { cause });
  });
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .toSorted();
  const specs = (await Promise.all(names.map((name) => readTarget(folder, name)))).filter(
    (spec) => spec !== null,
  );
  if (specs.length === 0) {
    throw new HarnessError('FILE_NOT_FOUND', `${serversFolder}: no sub-folder holds a ${FILE_NAME}`);
  }
  refuseSharedImages(specs);
  return specs;
}

/** One target, or null where the folder has no `target.json`. */
async function readTarget(parent: string, name: string): Promise<TargetSpec | null> {
  const file = join(parent, name, FILE_NAME);
  let text: string;
  try {
    text = await readConfigText(file);
  } catch (error) {
    if (error instanceof HarnessError && error.code === 'FILE_NOT_FOUND') return null;
    throw error;
  }
  const parsed = parseJson(targetFileSchema, text, file);
  refuseRepeatedKeys(text, file);
  if (parsed.id !== name) {
    // Also what rules duplicates out: two folders cannot share a name.
    throw new HarnessError(
      'CONFIG_INVALID',
      `${file}: id: must equal the folder's name (got "${parsed.id}")`,
    );
  }
  return { ...parsed, folder: join(parent, name) };
}

/** Two targets of one image would overwrite each other's build. */
function refuseSharedImages(specs: readonly TargetSpec[]): void {
  const owners = new Map<string, string>();
  for (const { id, image, folder } of specs) {
    if (image === null) continue;
    const other = owners.get(image);
    if (other !== undefined) {
      throw new HarnessError(
        'CONFIG_INVALID',
        `${join(folder, FILE_NAME)}: image: ${other} has the same (got "${image}")`,
      );
    }
    owners.set(image, id);
  }
}
