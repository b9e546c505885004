import path from 'node:path';
import { repository } from './bench/generators.ts';
import { benchArguments } from './bench/options.ts';
import { runBench, storeRecord } from './bench/run.ts';

/**
 * Measures the load engine itself: against other generators, its schedule, its memory, its workers, its clocks. Each load
 * is pinned to one core, the server to another, and whatever is compared is measured in turns.
 * Flags: --only <parts>, --quick, --rounds, --seconds, --port, --server, --out.
 */
const args = process.argv.slice(2);
const options = benchArguments(args);
const record = await runBench({
  ...options,
  command: ['npm run bench:engine', ...(args.length > 0 ? ['--', ...args] : [])].join(' '),
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
});
const file = storeRecord(record, path.resolve(repository, options.results));
process.stdout.write(`\nstored in ${path.relative(repository, file)}\n`);
// A missed goal is a figure; a part without any is a failure.
if (record.parts.some(({ figures }) => figures.length === 0)) process.exitCode = 1;
