import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../../base/subprocess.ts';
import type { TargetSpec } from '../../model/target.ts';
import { artifactState } from '../build.ts';
import { fingerprint } from '../fingerprint.ts';
import { printableLines } from '../log-ring.ts';
import { LABEL, LABEL_INPUTS } from '../owner.ts';
import { unpinnedBases } from './base-images.ts';
import type { DockerEngine } from './engine.ts';

export type ImageOutcome =
  | { kind: 'ready'; image: string; imageId: string; how: 'present' | 'pulled' | 'built' }
  | { kind: 'failed'; why: string; logTail: string[] };

export interface ImageOptions {
  /** Where prebuilt images may be pulled from (`registry.example/team`); null: no registry is ever asked. */
  registry: string | null;
  pullTimeoutMs: number;
  buildTimeoutMs: number;
  /** Called where the image is not there yet, before it is pulled or built. */
  onMissing?: () => void;
}

const PULL_TIMEOUT_MS = 60_000;
const BUILD_TIMEOUT_MS = 15 * 60_000;
const LOG_LINES = 30;
const SHORT_TIMEOUT_MS = 10_000;

/** The usual limits; HTTPDYNO_REGISTRY names the registry. */
export function imageOptions(overrides: Partial<ImageOptions> = {}): ImageOptions {
  const registry = process.env['HTTPDYNO_REGISTRY'] ?? null;
  return { registry, pullTimeoutMs: PULL_TIMEOUT_MS, buildTimeoutMs: BUILD_TIMEOUT_MS, ...overrides };
}

/** A way to make the image: a Dockerfile, and the hash of everything that it copies. */
interface Recipe {
  file: string;
  text: string;
  inputs: string;
}

/** Makes sure that the image of a target is there and made of its present sources: found, pulled, or built. */
export async function ensureImage(
  spec: TargetSpec,
  engine: DockerEngine,
  options: ImageOptions,
): Promise<ImageOutcome> {
  const { image } = spec;
  if (image === null)
    return { kind: 'failed', why: `${spec.id} has no image in its target.json`, logTail: [] };
  const recipes = await recipesOf(spec);
  const isCurrent = async (): Promise<string | null> => {
    const info = await engine.image(image);
    const made = info?.labels[LABEL_INPUTS];
    return info !== null && recipes.some(({ inputs }) => inputs === made) ? info.id : null;
  };
  const present = await isCurrent();
  if (present !== null) return { kind: 'ready', image, imageId: present, how: 'present' };
  options.onMissing?.();
  if (
    options.registry !== null &&
    (await pull(engine, `${options.registry}/${image}`, image, options.pullTimeoutMs))
  ) {
    const pulled = await isCurrent();
    if (pulled !== null) return { kind: 'ready', image, imageId: pulled, how: 'pulled' };
  }
  const [recipe] = recipes;
  if (recipe === undefined) {
    return {
      kind: 'failed',
      why: `${spec.folder} has no Dockerfile whose inputs are all there`,
      logTail: [],
    };
  }
  const failure = await build(spec, image, recipe, engine, options.buildTimeoutMs);
  if (failure !== null) return failure;
  const built = await isCurrent();
  return built === null
    ? { kind: 'failed', why: `the engine does not know ${image} after building it`, logTail: [] }
    : { kind: 'ready', image, imageId: built, how: 'built' };
}

/** The recipe from what is built here comes first: it needs no network and no toolchain image. */
async function recipesOf(spec: TargetSpec): Promise<Recipe[]> {
  const state = await artifactState(spec);
  const files = state.kind === 'ready' ? ['Dockerfile.prebuilt', 'Dockerfile'] : ['Dockerfile'];
  const recipes = await Promise.all(files.map((file) => readRecipe(spec, file)));
  return recipes.filter((recipe) => recipe !== null);
}

async function readRecipe(spec: TargetSpec, file: string): Promise<Recipe | null> {
  const text = await readFile(join(spec.folder, file), 'utf8').catch(() => null);
  if (text === null) return null;
  const inputs = await fingerprint(spec.folder, copiedPaths(text), `${process.arch}\0${text}`);
  return inputs === null ? null : { file, text, inputs };
}

/** What a Dockerfile copies from its context. */
export function copiedPaths(dockerfile: string): string[] {
  return dockerfile.split('\n').flatMap((line) => {
    const [instruction, ...words] = line.trim().split(/\s+/);
    if (instruction?.toUpperCase() !== 'COPY' || words.some((word) => word.startsWith('--from='))) return [];
    return words.filter((word) => !word.startsWith('--')).slice(0, -1);
  });
}

/** False where the registry has no such image or does not answer in time: then it is built. */
async function pull(engine: DockerEngine, from: string, image: string, timeoutMs: number): Promise<boolean> {
  const pulled = await docker(engine, ['pull', '--quiet', '--', from], timeoutMs);
  if (pulled.exitCode !== 0) return false;
  return (await docker(engine, ['tag', '--', from, image], SHORT_TIMEOUT_MS)).exitCode === 0;
}

/** Null on success. */
async function build(
  spec: TargetSpec,
  image: string,
  recipe: Recipe,
  engine: DockerEngine,
  timeoutMs: number,
): Promise<Extract<ImageOutcome, { kind: 'failed' }> | null> {
  const previous = await engine.image(image);
  const args = [
    'build',
    `--file=${join(spec.folder, recipe.file)}`,
    `--tag=${image}`,
    `--label=${LABEL}=1`,
    `--label=${LABEL_INPUTS}=${recipe.inputs}`,
    ...(await baseArguments(recipe.text, engine)),
    '--',
    spec.folder,
  ];
  const result = await docker(engine, args, timeoutMs);
  if (result.exitCode === 0) {
    await removeReplaced(engine, image, previous?.id ?? null);
    return null;
  }
  const why = result.timedOut ? `took longer than ${timeoutMs / 1_000} s` : 'failed';
  const logTail = printableLines(`${result.stdout}\n${result.stderr}`, LOG_LINES);
  return {
    kind: 'failed',
    why: `docker build of ${image} ${why}: ${result.spawnError ?? logTail.at(-1) ?? 'no output'}`,
    logTail,
  };
}

/** The image that a build has replaced, unless something still stands on it: the engine refuses then. */
async function removeReplaced(engine: DockerEngine, image: string, previousId: string | null): Promise<void> {
  if (previousId === null || (await engine.image(image))?.id === previousId) return;
  await docker(engine, ['image', 'rm', '--', previousId], SHORT_TIMEOUT_MS);
}

/** What the image of a target would stand on that no digest names; a base made here, which stands in, has none either. */
export async function unlockedBases(spec: TargetSpec, engine: DockerEngine): Promise<string[]> {
  const [recipe] = await recipesOf(spec);
  if (recipe === undefined) return [];
  const standIn = (await baseArguments(recipe.text, engine)).map((word) => word.replace(/^.*=/, ''));
  return standIn.length > 0 ? standIn : unpinnedBases(recipe.text);
}

/** A base image that tools/images/make-base has made here stands in for the one of the same name and major version. */
async function baseArguments(dockerfile: string, engine: DockerEngine): Promise<string[]> {
  const [, name, major] = /^ARG BASE_IMAGE=([a-z]+):(\d+)/m.exec(dockerfile) ?? [];
  if (name === undefined || major === undefined) return [];
  const local = `httpdyno/base-${name}:${major}`;
  return (await engine.image(local)) === null ? [] : [`--build-arg=BASE_IMAGE=${local}`];
}

/** The docker command, told which engine, so that it never differs from the one that the API reaches. */
export function docker(
  engine: DockerEngine,
  args: readonly string[],
  timeoutMs: number,
): ReturnType<typeof runCommand> {
  return runCommand({ file: 'docker', args: dockerArguments(engine, args) }, { timeoutMs });
}

export function dockerArguments(engine: DockerEngine, args: readonly string[]): string[] {
  return [`--host=unix://${engine.socketPath}`, ...args];
}
