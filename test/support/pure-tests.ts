import { relativeImports, type SourceFile } from './source-tree.ts';

/** What starts, connects, waits or asks for the time, and what changes the state that files of one process share. */
const IMPURE: readonly RegExp[] = [
  /['"](?:node:)?(?:child_process|cluster|dgram|http2?|https|net|perf_hooks|timers|tls|worker_threads)(?:\/\w+)?['"]/,
  /from ['"](?:autocannon|execa|playwright-core|undici)['"]/,
  /\bset(?:Timeout|Interval|Immediate)\(|\bAbortSignal\.timeout\(|\bfetch\(/,
  /\bperformance\.now\(|\bDate\.now\(|\bnew Date\(\)|\bhrtime\b/,
  /\bprocess\.(?:chdir|env|exit|kill|on|once|umask)\b|\bglobalThis\b/,
  /\bvi\.|\bwhenQuiet\(/,
];

/** The harness is handed its clock as a port: only a test that takes the real one can wait for it. */
const CLOCK = 'harness/base/clock.ts';
const TAKES_CLOCK = /\bimport (?!type\b)[^;'"]*['"][^'"]*\bbase\/clock\.ts['"]/;

/**
 * The test files that neither by themselves nor by anything that they import can start a process, open a socket, sleep or
 * read the clock: nothing disturbs them and they disturb no one, so they may run side by side in one process.
 */
export function pureTests(files: readonly SourceFile[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  return files
    .filter(({ path }) => path.startsWith('test/') && path.endsWith('.test.ts'))
    .filter((test) => reachOf(test, byPath).every((file) => whyImpure(file) === null))
    .map(({ path }) => path);
}

/** The words that make a file impure, null where there are none. */
export function whyImpure(file: SourceFile): string | null {
  if (file.path === CLOCK) return null;
  for (const pattern of file.path.startsWith('test/') ? [TAKES_CLOCK, ...IMPURE] : IMPURE) {
    const found = pattern.exec(file.code);
    if (found !== null) return found[0];
  }
  return null;
}

/** The file and all that it imports, directly or not. */
function reachOf(file: SourceFile, byPath: ReadonlyMap<string, SourceFile>): SourceFile[] {
  const reached = new Set([file]);
  // A set also visits what is added to it on the way.
  for (const each of reached) {
    for (const next of relativeImports(each)) {
      const target = byPath.get(next);
      if (target !== undefined) reached.add(target);
    }
  }
  return [...reached];
}
