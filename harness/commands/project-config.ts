import path from 'node:path';
import { HarnessError } from '../base/errors.ts';
import type { ProjectConfig } from '../model/project-config.ts';
import type { Scenario } from '../model/scenario.ts';
import type { TargetSpec } from '../model/target.ts';
import { commandWords } from './command-words.ts';
import { findConfigFile, readConfigFile } from './project-config-file.ts';

/** A server that knows nothing of our contract: how it starts, and what is asked to see that it is ready. */
export interface OwnTarget {
  spec: TargetSpec;
  readyPath: string;
}

/** What a project declares of its own. */
export interface OwnProject {
  file: string;
  targets: readonly OwnTarget[];
  scenarios: readonly Scenario[];
  waivers: ProjectConfig['waivers'];
}

/** Reads the project's own file in a folder; null where there is none. Throws CONFIG_INVALID naming the file and what is wrong in it. */
export async function readOwnProject(folder: string): Promise<OwnProject | null> {
  const file = findConfigFile(folder);
  return file === null ? null : ownProjectOf(await readConfigFile(file), file);
}

/** Checks what a schema cannot: that ids are unique, and that every scenario which is named exists. */
export function ownProjectOf(config: ProjectConfig, file: string): OwnProject {
  refuseTwice(config.targets, `${file}: targets`);
  refuseTwice(config.scenarios, `${file}: scenarios`);
  const known = config.scenarios.map(({ id }) => id);
  for (const { id, scenarios = [] } of config.targets) {
    const stranger = scenarios.find((scenario) => !known.includes(scenario));
    if (stranger !== undefined) {
      throw new HarnessError(
        'CONFIG_INVALID',
        `${file}: target ${id}: no scenario "${stranger}" (there are ${known.join(', ')})`,
      );
    }
  }
  return {
    file,
    targets: config.targets.map((target) => ownTargetOf(target, path.dirname(file), known)),
    scenarios: config.scenarios.map(scenarioOf),
    waivers: config.waivers,
  };
}

function ownTargetOf(
  target: ProjectConfig['targets'][number],
  folder: string,
  scenarios: readonly string[],
): OwnTarget {
  const { id, name, command, image, env, portVariable, readyPath, build } = target;
  return {
    readyPath,
    spec: {
      id,
      name: name ?? id,
      language: 'own',
      framework: 'own',
      build:
        build === undefined
          ? null
          : {
              needs: [],
              env: {},
              command: wordsOf(build.command),
              inputs: build.inputs,
              artifacts: build.artifacts,
            },
      run: {
        // An image brings its own command; the schema of a target asks for one all the same.
        command: command === undefined ? ['true'] : wordsOf(command),
        env: portVariable === 'PORT' ? env : { ...env, [portVariable]: '{port}' },
      },
      image: image ?? null,
      scenarios: [...(target.scenarios ?? scenarios)],
      folder: path.resolve(folder, target.folder),
    },
  };
}

function scenarioOf(own: ProjectConfig['scenarios'][number]): Scenario {
  const { id, title, method, path: requestPath, headers, body, ...shape } = own;
  return { id, title: title ?? id, request: { method, path: requestPath, headers, body }, ...shape };
}

function wordsOf(command: string | string[]): string[] {
  return typeof command === 'string' ? commandWords(command) : command;
}

function refuseTwice(items: readonly { id: string }[], where: string): void {
  const ids = items.map(({ id }) => id);
  const twice = ids.find((id, i) => ids.indexOf(id) !== i);
  if (twice !== undefined) throw new HarnessError('CONFIG_INVALID', `${where}: "${twice}" is there twice`);
}
