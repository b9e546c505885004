import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { MeasuredTarget } from '../model/session.ts';
import type { LauncherId, TargetSpec } from '../model/target.ts';
import { fingerprint } from './fingerprint.ts';

/** What a record says of a target: what it is, the hash of what runs, and the framework's version. */
export async function describeTarget(
  spec: TargetSpec,
  launcher: LauncherId,
  artifactHash: string | null,
): Promise<MeasuredTarget> {
  const { id, name, language, framework } = spec;
  return {
    id,
    name,
    language,
    framework,
    launcher,
    artifactHash,
    version: await frameworkVersion(spec),
  };
}

/** SHA-256 of the artifacts, the files that the command names, and their neighbours of the same kind (`*.js`). */
export async function hashOfWhatRuns(spec: TargetSpec): Promise<string | null> {
  const files = (await readdir(spec.folder, { withFileTypes: true })).filter((entry) => entry.isFile());
  const kinds = new Set(
    spec.run.command
      .slice(1)
      .map(extname)
      .filter((kind) => kind !== ''),
  );
  const sources = files.map(({ name }) => name).filter((name) => kinds.has(extname(name)));
  const paths = [...(spec.build?.artifacts ?? []), ...sources];
  return paths.length === 0 ? null : fingerprint(spec.folder, paths);
}

/** Version of the framework from the lock file of its ecosystem; null where none names it. */
export async function frameworkVersion(spec: TargetSpec): Promise<string | null> {
  for (const [file, find] of LOCK_FILES) {
    const text = await readFile(join(spec.folder, file), 'utf8').catch(() => null);
    const version = text === null ? null : find(text, spec.framework.toLowerCase());
    if (version !== null) return version;
  }
  return null;
}

type FindVersion = (lockText: string, framework: string) => string | null;

const LOCK_FILES: readonly (readonly [string, FindVersion])[] = [
  ['Cargo.lock', cargoVersion],
  ['go.mod', goVersion],
  ['package-lock.json', npmVersion],
];

function cargoVersion(text: string, framework: string): string | null {
  for (const block of text.split('[[package]]')) {
    const name = /^name = "([^"]+)"$/m.exec(block)?.[1];
    // The server's own package may bear the framework's name: it has no source.
    if (name === framework && /^source = /m.test(block))
      return /^version = "([^"]+)"$/m.exec(block)?.[1] ?? null;
  }
  return null;
}

function goVersion(text: string, framework: string): string | null {
  for (const [, module = '', version] of text.matchAll(/^(?:require)?\s*([\w./-]+) v(\S+)/gm)) {
    if (module.split('/').includes(framework)) return version ?? null;
  }
  return null;
}

function npmVersion(text: string, framework: string): string | null {
  const escaped = framework.replace(/[^a-z0-9@/_-]/g, '');
  return new RegExp(`"node_modules/${escaped}": \\{\\s*"version": "([^"]+)"`).exec(text)?.[1] ?? null;
}
