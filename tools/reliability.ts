import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { MUTANTS } from './mutants/mutants.ts';
import { RELIABILITY_ROWS, type ReliabilityRow } from './reliability-rows.ts';

const repository = path.join(import.meta.dirname, '..');

const CHAPTERS = [
  ['G', 'Ground truth', 'Figures against a server that knows what it did.'],
  ['F', 'Faults', 'Targets, networks, disks and machines that fail: each ends its own trial with its reason, and the rest goes on.'],
  ['B', 'Bad input', 'One line, exit code 2, and nothing is started.'],
  ['S', 'Security', 'What is hostile stays outside; SECURITY.md says what is trusted.'],
  ['M', 'Mutants', 'Deliberate faults of httpdyno that its tests must notice (`npm run test:mutants`).'],
] as const;

/** Titles of tests and suites, and of the rows of their tables. */
const TITLES = [
  /\b(?:it|test|describe)(?:\.\w+)*(?:<[^>]*>)?\(\s*(['"`])(.*?)\1/g,
  /\)\(\s*(['"`])(.*?)\1/g,
  /\[\s*(['"`])([GFBSM]\d.*?)\1/g,
];
const ROW_ID = /(?<![\w-])[GFBSM]\d{1,2}(?![\w-])/g;

/** The page that says of every row how it is tested, from the names of the tests. */
export function reliabilityPage(): string {
  const tested = testedRows();
  const rows = RELIABILITY_ROWS.map((row) => ({ ...row, files: tested.get(row.id) ?? [] }));
  const covered = rows.filter(({ id, files }) => files.length > 0 || killersOf(id).length > 0);
  return [
    '# Reliability',
    '',
    '<!-- Written by `npm run docs` from the names of the tests; do not edit. -->',
    '',
    `What httpdyno must survive, and how exact it must be: ${rows.length} rows, ${covered.length} of them tested. A test is named after its row.`,
    'A test that lacks what it needs on a machine (root, a container engine, a tool, quiet) is skipped, and the run says why.',
    'Files marked `.nightly` run with `npm run test:nightly`, all others with `npm test`.',
    ...CHAPTERS.flatMap(([letter, title, about]) => [
      '',
      `## ${letter}. ${title}`,
      '',
      about,
      '',
      '| row | what | status |',
      '|---|---|---|',
      ...rows
        .filter(({ id }) => id.startsWith(letter))
        .map((row) => `| ${row.id} | ${row.what} | ${statusOf(row, row.files)} |`),
    ]),
    '',
  ].join('\n');
}

function statusOf({ id, open, needs }: ReliabilityRow, files: readonly string[]): string {
  const killers = killersOf(id);
  if (killers.length > 0) return `killed by ${linksTo(killers)}`;
  const parts = [
    files.length === 0 ? '' : `tested in ${linksTo(files)}`,
    needs === undefined ? '' : `needs ${needs}`,
    open ?? '',
  ];
  return parts.filter((part) => part !== '').join('; ') || '**not tested**';
}

function linksTo(files: readonly string[]): string {
  return files.map((file) => `[${file.replace('test/', '').replace(/(\.test)?\.ts$/, '')}](../${file})`).join(', ');
}

function killersOf(id: string): readonly string[] {
  return MUTANTS.find((mutant) => mutant.id === id)?.tests ?? [];
}

/** The files whose tests are named after each row. */
export function testedRows(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const files = readdirSync(path.join(repository, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts') || name.endsWith('.nightly.ts'))
    .map((name) => `test/${name.replaceAll(path.sep, '/')}`)
    .toSorted();
  for (const file of files) {
    const text = readFileSync(path.join(repository, file), 'utf8');
    const titles = TITLES.flatMap((pattern) => [...text.matchAll(pattern)].map((match) => match[2] ?? ''));
    const ids = new Set(titles.flatMap((title) => title.match(ROW_ID) ?? []));
    for (const id of ids) found.set(id, [...(found.get(id) ?? []), file]);
  }
  return found;
}
