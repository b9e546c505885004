import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../base/clock.ts';
import { parseJson, z } from '../base/schema.ts';
import { type ChildHandle, type ProcessExit, spawnChild } from '../base/subprocess.ts';
import { US_PER_MS } from '../base/units.ts';
import type { TargetSpec } from '../model/target.ts';
import { fingerprint } from './fingerprint.ts';
import { LogRing, printableLines } from './log-ring.ts';
import { findTool, missingTool, toolPath } from './toolchains.ts';

/** Whether what a target runs is there, and made from the sources as they are now. */
export type ArtifactState =
  | { kind: 'none-needed' }
  | { kind: 'ready' }
  | { kind: 'missing'; why: string }
  | { kind: 'stale'; why: string };

export type BuildOutcome =
  | { kind: 'up-to-date'; id: string }
  | { kind: 'built'; id: string; durationMs: number }
  | { kind: 'skipped'; id: string; why: string }
  | { kind: 'failed'; id: string; why: string; logTail: string[] };

export type BuildEvent =
  | { kind: 'started'; id: string; command: string }
  | { kind: 'progress'; id: string; line: string }
  | BuildOutcome;

export interface BuildOptions {
  onEvent: (event: BuildEvent) => void;
  signal: AbortSignal;
  timeoutMs?: number;
  /** Where an executable stands, or null; a parameter for tests. */
  findTool?: (name: string) => string | null;
}

const RECORD_FILE = '.httpdyno-build.json';
const recordSchema = z.strictObject({ inputs: z.string() });
const DEFAULT_TIMEOUT_MS = 15 * 60_000;
const LOG_LINES = 30;

type Build = NonNullable<TargetSpec['build']>;

/** Compares the artifacts of a target with its sources. */
export async function artifactState(spec: TargetSpec): Promise<ArtifactState> {
  if (spec.build === null) return { kind: 'none-needed' };
  if (!hasArtifacts(spec, spec.build)) return { kind: 'missing', why: 'not built yet' };
  const inputs = await inputsHash(spec, spec.build);
  const recorded = await recordedInputs(spec);
  return recorded === inputs
    ? { kind: 'ready' }
    : { kind: 'stale', why: 'its source is newer than what was built' };
}

/** Builds what is missing or stale, one target after the other; a missing toolchain or a failing build is an outcome. */
export async function buildTargets(
  specs: readonly TargetSpec[],
  options: BuildOptions,
): Promise<BuildOutcome[]> {
  const outcomes: BuildOutcome[] = [];
  for (const spec of specs) {
    if (options.signal.aborted) break;
    const outcome = await buildTarget(spec, options);
    options.onEvent(outcome);
    outcomes.push(outcome);
  }
  return outcomes;
}

async function buildTarget(spec: TargetSpec, options: BuildOptions): Promise<BuildOutcome> {
  const { id, build } = spec;
  const state = await artifactState(spec);
  if (build === null || state.kind === 'ready') return { kind: 'up-to-date', id };
  const lacking = missingTool(build.needs, options.findTool ?? findTool);
  if (lacking !== null) return { kind: 'skipped', id, why: lacking };
  // Taken before the build: what changes meanwhile makes it stale.
  const inputs = await inputsHash(spec, build);
  if (inputs === null)
    return { kind: 'failed', id, why: `${spec.folder}: an input of its build is missing`, logTail: [] };
  options.onEvent({ kind: 'started', id, command: build.command.join(' ') });
  const startUs = systemClock.monotonicUs();
  const log = new LogRing();
  const why = await runBuild(spec, build, log, options);
  if (why !== null) return { kind: 'failed', id, why, logTail: log.lastLines(LOG_LINES) };
  if (!hasArtifacts(spec, build)) {
    const expected = build.artifacts.join(', ');
    return {
      kind: 'failed',
      id,
      why: `the build ended well but left no ${expected}`,
      logTail: log.lastLines(LOG_LINES),
    };
  }
  await writeFile(join(spec.folder, RECORD_FILE), `${JSON.stringify({ inputs })}\n`);
  return { kind: 'built', id, durationMs: Math.round((systemClock.monotonicUs() - startUs) / US_PER_MS) };
}

/** Runs the build command to its end; null where it succeeded, else why not. */
async function runBuild(
  spec: TargetSpec,
  build: Build,
  log: LogRing,
  options: BuildOptions,
): Promise<string | null> {
  const { signal, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const [head = '', ...args] = build.command;
  const child = spawnChild(head === 'node' ? process.execPath : head, args, {
    onOutput: (chunk) => {
      log.push(chunk);
      const line = printableLines(Buffer.from(chunk).toString('utf8')).at(-1);
      if (line !== undefined) options.onEvent({ kind: 'progress', id: spec.id, line });
    },
    cpus: null,
    env: { ...inheritedEnvironment(), ...build.env, PATH: toolPath() },
    cwd: spec.folder,
  });
  if (!('exited' in child)) return child.spawnError;
  const result = await endOrKill(child, timeoutMs, signal);
  if (signal.aborted) return 'interrupted';
  if (result === null) return `took longer than ${timeoutMs / 1_000} s`;
  return result.exitCode === 0 ? null : `ended with ${result.signal ?? `exit code ${result.exitCode}`}`;
}

/** The exit of a child, or null where the time ran out or the caller aborted, and its whole group was killed. */
async function endOrKill(
  child: ChildHandle,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<ProcessExit | null> {
  const over = new AbortController();
  const limit = systemClock.sleep(timeoutMs, AbortSignal.any([signal, over.signal])).then(
    () => null,
    () => null,
  );
  const first = await Promise.race([child.exited, limit]);
  over.abort();
  if (first === null) {
    child.signalGroup('SIGKILL');
    await child.exited;
  }
  return first;
}

function inheritedEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function hasArtifacts(spec: TargetSpec, build: Build): boolean {
  return build.artifacts.every((path) => existsSync(join(spec.folder, path)));
}

/** What decides whether a build is still good: the inputs, the command, and the kind of machine. */
function inputsHash(spec: TargetSpec, build: Build): Promise<string | null> {
  const { command, env } = build;
  return fingerprint(
    spec.folder,
    build.inputs,
    JSON.stringify([command, env, process.platform, process.arch]),
  );
}

async function recordedInputs(spec: TargetSpec): Promise<string | null> {
  const file = join(spec.folder, RECORD_FILE);
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    return parseJson(recordSchema, text, file).inputs;
  } catch {
    // A record cut short by a crash counts as none: the build runs again.
    return null;
  }
}
