import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Option } from 'commander';
import { summarize } from '../analysis/summarize.ts';
import { EXIT, HarnessError, messageOf } from '../base/errors.ts';
import type { Session } from '../model/session.ts';
import { hgrmReporters } from '../reporters/exports/hgrm.ts';
import { BEGIN_MARKER, END_MARKER, updateBetweenMarkers } from '../reporters/markers.ts';
import { renderTerminal } from '../reporters/terminal.ts';
import { writeAtomically } from '../store/atomic-write.ts';
import { listSessions } from '../store/session-headers.ts';
import { readSession, sessionFolder } from '../store/session-store.ts';
import type { CommandContext } from './context.ts';
import { writeReports } from './present.ts';
import { names, type Register } from './program.ts';
import { reportClaims } from './report-claims.ts';
import { selectById } from './selection.ts';

/** Named here too, so that help and a table on the terminal need not load what draws charts; a test holds it to the registry. */
const FILE_FORMATS =
  'markdown, html, csv, ndjson, openmetrics, hlog, chart-throughput, chart-latency, chart-efficiency, chart-memory, chart-over-time, chart-rounds';

/** From so many files on their folder tells more than their names. */
const FILES_NAMED = 4;

interface ReportOptions {
  results: string;
  format?: string[];
  update?: string;
  claims?: string | true;
}

export const register: Register = (program, context, outcome) => {
  program
    .command('report')
    .description('rebuild the reports of a stored session')
    .argument('[session]', 'id, folder or session.json (default: the newest)')
    .option('--results <folder>', 'where sessions are kept', 'results')
    .option('-f, --format <ids>', `what to write: terminal, ${FILE_FORMATS} (default: all)`, names)
    .option(
      '--update <file>',
      'replace the table between the httpdyno markers of a Markdown file, and write nothing else',
    )
    .addOption(
      new Option(
        '--claims [file or id]',
        'hold published claims against the session (default: all that fit it), and write nothing else; formats: terminal, markdown, json',
      ).conflicts('update'),
    )
    .action(async (name: string | undefined, options: ReportOptions) => {
      const results = path.resolve(context.cwd, options.results);
      const session = await readSession(results, name ?? (await newestSession(results)));
      const folder = await sessionFolder(results, name ?? session.id);
      if (options.claims !== undefined) await reportClaims(context, { ...options, session, folder });
      else if (options.update === undefined) await rebuild(context, session, folder, options.format);
      else await updateTable(path.resolve(context.cwd, options.update), session);
      outcome.code = EXIT.ok;
    });
};

async function newestSession(results: string): Promise<string> {
  const [newest] = await listSessions(results);
  if (newest === undefined) {
    throw new HarnessError('FILE_NOT_FOUND', `no session in ${results}`, {
      fix: 'run one first: `httpdyno run`, or name --results',
    });
  }
  return newest.id;
}

async function rebuild(
  context: CommandContext,
  session: Session,
  folder: string,
  formats: readonly string[] | undefined,
): Promise<void> {
  const report = { session, summary: summarize(session) };
  const { columns, colour } = context.terminal;
  const wantsTerminal = formats === undefined || formats.includes('terminal');
  if (wantsTerminal) context.out(`${renderTerminal(report, { width: columns, colour })}\n`);
  const wanted = formats?.filter((id) => id !== 'terminal');
  if (wanted?.length === 0) return;
  const { REPORTERS } = await import('../reporters/index.ts');
  const chosen = selectById(REPORTERS, wanted, '--format', 'USAGE');
  const reporters = wanted === undefined ? [...chosen, ...hgrmReporters(report)] : chosen;
  const files = await writeReports(report, folder, reporters);
  const shown =
    files.length > FILES_NAMED
      ? `${files.length} files in ${path.relative(context.cwd, folder) || '.'}`
      : files.map((file) => path.relative(context.cwd, file)).join(', ');
  context.err(`written: ${shown}\n`);
}

async function updateTable(file: string, session: Session): Promise<void> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new HarnessError('FILE_NOT_FOUND', `--update: cannot read ${file}: ${messageOf(cause)}`, { cause });
  }
  const updated = updateBetweenMarkers(text, { session, summary: summarize(session) });
  if (updated.kind === 'refused') {
    const fix = `put ${BEGIN_MARKER} and ${END_MARKER} on lines of their own`;
    throw new HarnessError('USAGE', `--update: ${file}: ${updated.why}`, { fix });
  }
  await writeAtomically(file, updated.text);
}
