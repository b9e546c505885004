import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { readConfigText } from '../base/config-text.ts';
import { errnoOf, HarnessError } from '../base/errors.ts';
import { parseYaml } from '../base/yaml.ts';
import { type Scenario, scenarioSchema } from '../model/scenario.ts';

/** Reads every scenario file (`*.yaml`) of a folder, in order of name. A file's id is its name; one bad file is an error. */
export async function readScenarios(folder: string): Promise<Scenario[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (cause) {
    throw new HarnessError('FILE_NOT_FOUND', `no scenarios at ${folder}: ${errnoOf(cause) ?? 'unreadable'}`, {
      cause,
    });
  }
  const scenarios: Scenario[] = [];
  for (const name of names.filter((entry) => entry.endsWith('.yaml')).toSorted()) {
    const file = path.join(folder, name);
    const scenario = parseYaml(scenarioSchema, await readConfigText(file), file);
    if (`${scenario.id}.yaml` !== name) {
      throw new HarnessError('CONFIG_INVALID', `${file}: id: must be the file's name (got "${scenario.id}")`);
    }
    scenarios.push(scenario);
  }
  return scenarios;
}
