import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { filledPage } from './bench/accuracy-page.ts';
import { repository } from './bench/generators.ts';
import { benchArguments } from './bench/options.ts';
import { type BenchRecord, benchRecordSchema } from './bench/record.ts';
import { runBench, storeRecord } from './bench/run.ts';

/**
 * Writes the measured parts of docs/accuracy.md: runs the whole benchmark of the engine, or with `--from <record.json>`
 * takes one that is stored. All other flags are those of the benchmark.
 */
const PAGE = path.join(repository, 'docs/accuracy.md');
const { values, tokens } = parseArgs({
  options: { from: { type: 'string' } },
  strict: false,
  tokens: true,
});
const from = typeof values.from === 'string' ? values.from : null;
if (tokens.some((token) => token.kind === 'option' && token.name === 'from') && from === null)
  throw new Error('--from: the path of a stored record is missing');
const record =
  from === null
    ? await measured()
    : benchRecordSchema.parse(JSON.parse(readFileSync(path.resolve(from), 'utf8')));
writeFileSync(PAGE, filledPage(readFileSync(PAGE, 'utf8'), record));
process.stdout.write(`\nwritten: ${path.relative(repository, PAGE)}\n`);

async function measured(): Promise<BenchRecord> {
  const args = process.argv.slice(2);
  const options = benchArguments(args);
  const result = await runBench({
    ...options,
    command: ['npm run docs:accuracy', ...(args.length > 0 ? ['--', ...args] : [])].join(' '),
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
  });
  process.stdout.write(
    `\nstored in ${path.relative(repository, storeRecord(result, path.resolve(repository, options.results)))}\n`,
  );
  return result;
}
