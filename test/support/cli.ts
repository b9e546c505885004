import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, onTestFinished } from 'vitest';
import { repository } from './source-tree.ts';

export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
  tookMs: number;
}

export interface CliOptions {
  cwd?: string;
  env?: Record<string, string>;
  /** Called once the process runs, with a way to signal it and its stderr so far. */
  during?: (running: {
    pid: number;
    kill: (signal: NodeJS.Signals) => void;
    stderr: () => string;
  }) => Promise<void>;
}

/** The machine's lock lies in the temporary folder; a test run has its own, so that it is not refused for a stranger's sake. */
const TMPDIR = sharedFolder();

/** What httpdyno inherits from a test: nothing that would change its manners, only how soon it starts (vitest.config.ts). */
export function bareEnvironment(tmp: string): Record<string, string> {
  const { PATH = '', NODE_COMPILE_CACHE } = process.env;
  const cache = NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE };
  return { PATH, HOME: os.homedir(), TMPDIR: tmp, NO_COLOR: '1', ...cache };
}

/** Runs the command line as a user does, as a process of its own. */
export async function httpdyno(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const started = performance.now();
  const child = spawn(process.execPath, [path.join(repository, 'harness', 'cli.ts'), ...args], {
    cwd: options.cwd ?? repository,
    env: { ...bareEnvironment(TMPDIR), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  await options.during?.({
    pid: child.pid ?? 0,
    kill: (signal) => void child.kill(signal),
    stderr: () => stderr,
  });
  const code = await ended;
  return { code, stdout, stderr, tookMs: performance.now() - started };
}

/** A folder for one test, removed after it; a test that runs beside others hands in its own `onTestFinished`. */
export function scratchFolder(atEnd: typeof onTestFinished = onTestFinished): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'httpdyno-test-'));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A folder for all tests of a file, removed after the last; call it once, outside of any test. */
export function sharedFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'httpdyno-tmp-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Polls until the condition holds; false when it did not in time. */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  withinMs = 10_000,
): Promise<boolean> {
  const end = performance.now() + withinMs;
  while (performance.now() < end) {
    if (await condition()) return true;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return condition();
}
