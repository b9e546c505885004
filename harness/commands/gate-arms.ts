import { realpath } from 'node:fs/promises';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { HarnessError } from '../base/errors.ts';
import type { TargetSpec } from '../model/target.ts';
import { fingerprint } from '../targets/fingerprint.ts';
import { buildTargets } from '../targets/index.ts';
import type { Adapters } from './adapters.ts';
import { buildServers } from './build.ts';
import { commandWords } from './command-words.ts';
import type { CommandContext } from './context.ts';
import {
  adHocSpec,
  type ArmKind,
  describeArm,
  type NamedArm,
  type PreparedArm,
  withHash,
} from './gate-arm-record.ts';
import { prepareImage } from './gate-image.ts';
import { addWorktree, commitOf, repositoryRoot } from './gate-worktree.ts';
import type { LauncherChoice } from './program.ts';
import { chooseLaunchers } from './launchers.ts';
import { ownLauncher, ownProbe } from './project-config-run.ts';

/** What the arms of one gate have in common. */
export interface ArmWorld {
  context: CommandContext;
  adapters: Adapters;
  launcher: LauncherChoice;
  /** Whether the target of an arm is built first where its sources changed; a checkout of a ref always is. */
  build: boolean;
  /** Targets of `servers/` and of the project's own file, own ones first. */
  specs: readonly TargetSpec[];
  /** Scenarios of a bare command or image, which declares none. */
  adHocScenarios: readonly string[];
}

const PREFIXES: Readonly<Record<string, ArmKind>> = {
  target: 'target',
  cmd: 'command',
  git: 'ref',
  image: 'image',
};
/** `name:tag`, `name@digest` or both, behind `host:port/` or none. */
const IMAGE =
  /^(?:[a-z0-9.-]+:\d+\/)?[a-z0-9][a-z0-9._/-]*(?::\w[\w.-]*(?:@sha256:[0-9a-f]+)?|@sha256:[0-9a-f]+)$/;

/**
 * What a text stands for: a target by its id, a command (more than one word, or a file), a git ref, or an image, in this
 * order; `target:`, `cmd:`, `git:` and `image:` settle it. Throws USAGE where it is none of them.
 */
export async function nameArm(given: string, world: Pick<ArmWorld, 'context' | 'specs'>): Promise<NamedArm> {
  const prefix = /^(target|cmd|git|image):(.+)$/s.exec(given);
  const asked = PREFIXES[prefix?.[1] ?? ''] ?? null;
  const value = prefix?.[2] ?? given;
  const is = (kind: ArmKind): boolean => asked === null || asked === kind;
  const { cwd } = world.context;
  if (is('target') && world.specs.some(({ id }) => id === value)) return { given, kind: 'target', value };
  if (is('command') && (/\s/.test(value.trim()) || existsSync(path.resolve(cwd, value)) || asked !== null)) {
    commandWords(value);
    return { given, kind: 'command', value };
  }
  const commit = is('ref') ? await commitOf(cwd, value) : null;
  if (commit !== null) return { given, kind: 'ref', value: commit };
  if (is('image') && IMAGE.test(value)) return { given, kind: 'image', value };
  throw new HarnessError(
    'TARGET_UNKNOWN',
    `"${given}" is neither a target (${world.specs.map(({ id }) => id).join(', ')}), a command, a git ref nor an image with its tag`,
    { fix: 'say which it is: target:<id>, cmd:"node server.js", git:<ref> or image:<name:tag>' },
  );
}

/** Makes an arm ready to start: finds or builds it. `spec` is the target that a git ref is to be built for. */
export async function prepareArm(
  named: NamedArm,
  spec: TargetSpec | null,
  world: ArmWorld,
): Promise<PreparedArm> {
  switch (named.kind) {
    case 'target':
      return prepareTarget(named, world);
    case 'command':
      return prepareCommand(named, world);
    case 'ref':
      if (spec === null) throw new HarnessError('BUG', 'a git ref without a target');
      return prepareRef(named, spec, world);
    case 'image':
      return prepareImage(named, world);
  }
}

async function prepareTarget(named: NamedArm, world: ArmWorld): Promise<PreparedArm> {
  const spec = world.specs.find(({ id }) => id === named.value);
  if (spec === undefined) throw new HarnessError('BUG', `no target ${named.value}`);
  if (world.build) await buildServers(world.context, [spec]);
  return launchable(named, spec, world, null, async () => undefined);
}

/** A spec under its launcher, or the reason why it cannot start here. */
async function launchable(
  named: NamedArm,
  spec: TargetSpec,
  { adapters, launcher: wanted }: ArmWorld,
  commit: string | null,
  cleanUp: () => Promise<void>,
): Promise<PreparedArm> {
  const { runnable, skipped } = await chooseLaunchers([spec], adapters.launchers, wanted);
  const [found] = runnable;
  if (found === undefined) {
    await cleanUp();
    throw new HarnessError('NOTHING_TO_RUN', `${named.given}: ${skipped[0]?.why ?? 'cannot start here'}`);
  }
  const side = { spec, launcher: found.launcher, probe: adapters.trialPorts.probe };
  return { side, arm: await describeArm(named, side, commit), cleanUp };
}

async function prepareCommand(named: NamedArm, { context, adHocScenarios }: ArmWorld): Promise<PreparedArm> {
  const words = commandWords(named.value);
  const spec = adHocSpec(context.cwd, words, null, adHocScenarios);
  const side = {
    spec,
    launcher: ownLauncher('process', context.clock),
    probe: ownProbe(context.clock, () => '/'),
  };
  const arm = await describeArm(named, side, null);
  const artifactHash = await hashOfNamedFiles(context.cwd, words, arm.target.artifactHash);
  return { side, arm: withHash(arm, artifactHash), cleanUp: async () => undefined };
}

/** Together with what stands beside them: a command may name its program in another folder, which tells it from its namesake. */
async function hashOfNamedFiles(
  folder: string,
  words: readonly string[],
  beside: string | null,
): Promise<string | null> {
  const files = words
    .map((word) => path.resolve(folder, word))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true)
    .map((file) => path.relative(folder, file));
  return files.length === 0 ? beside : fingerprint(folder, files, beside ?? '');
}

/** The target as it was at a commit: the same folder in a checkout of its own, built by the target's own command. */
async function prepareRef(named: NamedArm, spec: TargetSpec, world: ArmWorld): Promise<PreparedArm> {
  const { context } = world;
  const root = await repositoryRoot(spec.folder);
  if (root === null) {
    throw new HarnessError(
      'USAGE',
      `${spec.folder} is in no git repository, so ${named.given} means nothing there`,
    );
  }
  const worktree = await addWorktree(root, named.value);
  context.err(`checked out ${named.given} (${named.value.slice(0, 12)}) for ${spec.id}\n`);
  const folder = path.join(worktree.folder, path.relative(await realpath(root), await realpath(spec.folder)));
  const there = { ...spec, folder };
  try {
    if (!existsSync(folder)) throw new HarnessError('USAGE', `${spec.id} does not exist at ${named.given}`);
    await buildThere(there, named.given, context);
  } catch (error) {
    await worktree.remove();
    throw error;
  }
  return launchable(named, there, world, named.value, worktree.remove);
}

async function buildThere(spec: TargetSpec, ref: string, context: CommandContext): Promise<void> {
  const [outcome] = await buildTargets([spec], {
    onEvent: (event) => {
      if (event.kind === 'started') context.err(`build ${spec.id} at ${ref}: ${event.command}\n`);
    },
    signal: context.interruption.signal,
  });
  if (outcome?.kind === 'failed') {
    const tail = outcome.logTail.slice(-10).map((line) => `\n  ${line}`);
    throw new HarnessError(
      'NOTHING_TO_RUN',
      `${spec.id} at ${ref} does not build: ${outcome.why}${tail.join('')}`,
    );
  }
  if (outcome?.kind === 'skipped') {
    throw new HarnessError('NOTHING_TO_RUN', `${spec.id} at ${ref} cannot be built here: ${outcome.why}`);
  }
}
