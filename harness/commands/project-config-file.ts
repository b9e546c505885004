import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { readConfigText } from '../base/config-text.ts';
import { HarnessError, messageOf } from '../base/errors.ts';
import { parseWith } from '../base/schema.ts';
import { runCommand } from '../base/subprocess.ts';
import { parseYaml } from '../base/yaml.ts';
import { type ProjectConfig, projectConfigSchema } from '../model/project-config.ts';

export const CONFIG_FILE = 'httpdyno.config.yaml';
export const CONFIG_MODULE = 'httpdyno.config.ts';
/** Every name that the file may have; a folder has one of them at most. */
const CONFIG_FILES = [
  CONFIG_FILE,
  'httpdyno.config.yml',
  CONFIG_MODULE,
  'httpdyno.config.mjs',
  'httpdyno.config.js',
] as const;

const CHECK_TIMEOUT_MS = 5_000;
const PACKAGE = 'httpdyno';
/** What `import 'httpdyno'` means to a configuration: the httpdyno that reads it, be it installed there or not. */
const OWN_ENTRY = pathToFileURL(
  path.join(import.meta.dirname, '..', `index${path.extname(import.meta.filename)}`),
).href;

/** The project's own file in a folder, or null. Throws CONFIG_INVALID where there is more than one: neither is the right one. */
export function findConfigFile(folder: string): string | null {
  const [file, other] = CONFIG_FILES.filter((name) => existsSync(path.join(folder, name)));
  if (file !== undefined && other !== undefined) {
    throw new HarnessError('CONFIG_INVALID', `${folder}: both ${file} and ${other} are there`, {
      fix: 'keep the one that you mean',
    });
  }
  return file === undefined ? null : path.join(folder, file);
}

/** Reads YAML, or evaluates a module and takes its default export; both are held to the same schema. */
export async function readConfigFile(file: string): Promise<ProjectConfig> {
  return /\.ya?ml$/.test(file)
    ? parseYaml(projectConfigSchema, await readConfigText(file), file)
    : parseWith(projectConfigSchema, await defaultExportOf(file), file);
}

async function defaultExportOf(file: string): Promise<unknown> {
  const loaded = await evaluate(file);
  if (typeof loaded !== 'object' || loaded === null || !('default' in loaded)) {
    throw new HarnessError('CONFIG_INVALID', `${file}: has no default export`, {
      fix: 'export default defineConfig({ targets: [...], scenarios: [...] })',
    });
  }
  return loaded.default;
}

async function evaluate(file: string): Promise<unknown> {
  const hooks = registerHooks({
    resolve: (specifier, context, next) =>
      specifier === PACKAGE ? { url: OWN_ENTRY, shortCircuit: true } : next(specifier, context),
  });
  try {
    return await import(pathToFileURL(file).href);
  } catch (cause) {
    const place = placeIn(cause, file) ?? (cause instanceof SyntaxError ? await syntaxErrorPlace(file) : '');
    const message = `${file}${place}: cannot be evaluated: ${messageOf(cause)}`;
    throw new HarnessError('CONFIG_INVALID', message, { cause });
  } finally {
    hooks.deregister();
  }
}

/** `:line` or `:line:column` where an error arose in the file; null where it does not tell. */
function placeIn(error: unknown, file: string): string | null {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  for (const name of [pathToFileURL(file).href, file]) {
    const after = stack.slice(stack.indexOf(name) + name.length);
    const place = stack.includes(name) ? /^(?::\d+){1,2}(?=\s|\)|$)/.exec(after) : null;
    if (place !== null) return place[0];
  }
  return null;
}

/** A syntax error of plain JavaScript keeps its place to itself; `node --check` prints it. */
async function syntaxErrorPlace(file: string): Promise<string> {
  const { stderr } = await runCommand(
    { file: process.execPath, args: ['--check', file] },
    { timeoutMs: CHECK_TIMEOUT_MS },
  );
  return stderr.startsWith(file) ? (/^:\d+/.exec(stderr.slice(file.length))?.[0] ?? '') : '';
}
