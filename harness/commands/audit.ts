import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { auditClaims } from '../analysis/audit/audit-claims.ts';
import { auditRows } from '../analysis/audit/audit-rows.ts';
import { auditSession } from '../analysis/audit/audit-session.ts';
import { type Finding, finding } from '../analysis/audit/finding.ts';
import { parseResults } from '../analysis/audit/parse-results.ts';
import { summarize } from '../analysis/summarize.ts';
import { EXIT, type ExitCode, errnoOf, HarnessError } from '../base/errors.ts';
import type { Session } from '../model/session.ts';
import { plainText } from '../reporters/escape.ts';
import { REPORTERS } from '../reporters/index.ts';
import { readClaimsFile } from '../store/claims-files.ts';
import { checkSeal } from '../store/seal.ts';
import { parseSession, SESSION_FILE } from '../store/session-store.ts';
import type { CommandContext } from './context.ts';
import type { Register } from './program.ts';
import { CLAIMS_REPORT, claimsReports } from './report-claims.ts';

const MAX_FILE_BYTES = 512 * 1_048_576;

export const register: Register = (program, context, outcome) => {
  program
    .command('audit')
    .description(
      'recompute the published numbers of our sessions, and check the outputs of other tools for what cannot be',
    )
    .argument(
      '<files...>',
      "a session's folder or session.json, or output of autocannon, wrk, oha, k6, HttpArena, the-benchmarker, or a file of published claims (*.yaml)",
    )
    .option('--json', 'print the findings as JSON')
    .action(async (files: string[], options: { json?: true }) => {
      const findings: Finding[] = [];
      for (const file of files)
        findings.push(...(await auditFile(context, path.resolve(context.cwd, file), file)));
      outcome.code = show(context, files, findings, options.json === true);
    });
};

function show(
  context: CommandContext,
  files: readonly string[],
  findings: readonly Finding[],
  json: boolean,
): ExitCode {
  if (json) context.out(`${JSON.stringify({ schemaVersion: 1, files, findings }, null, 2)}\n`);
  else {
    for (const { file, row, name, rule, message } of findings) {
      context.out(plainText(`${file}:${row}: ${rule} ${name}: ${message}`).concat('\n'));
    }
    context.err(
      `${files.length} ${files.length === 1 ? 'file' : 'files'}, ${findings.length} ${findings.length === 1 ? 'finding' : 'findings'}\n`,
    );
  }
  return findings.length === 0 ? EXIT.ok : EXIT.trials;
}

async function auditFile(context: CommandContext, file: string, shown: string): Promise<Finding[]> {
  const found = await stat(file).catch(() => null);
  if (found === null) throw new HarnessError('FILE_NOT_FOUND', `no file ${shown}`);
  if (found.isDirectory())
    return auditOwn(context, path.join(file, SESSION_FILE), path.join(shown, SESSION_FILE));
  if (path.basename(file) === SESSION_FILE) return auditOwn(context, file, shown);
  if (/\.ya?ml$/.test(file)) return auditClaims(shown, await readClaimsFile(file));
  const parsed = parseResults(await readText(file, shown));
  if (parsed.kind === 'unknown') throw new HarnessError('RESULT_INVALID', `${shown}: ${parsed.why}`);
  return auditRows(shown, parsed.rows);
}

async function readText(file: string, shown: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size > MAX_FILE_BYTES)
      throw new HarnessError('RESULT_INVALID', `${shown}: larger than ${MAX_FILE_BYTES} bytes`);
    return await readFile(file, 'utf8');
  } catch (cause) {
    if (cause instanceof HarnessError) throw cause;
    throw new HarnessError('FILE_UNREADABLE', `${shown}: cannot be read (${errnoOf(cause) ?? 'unknown'})`, {
      cause,
    });
  }
}

/** Our own session: its raw data against themselves, and every report beside it against what the raw data give. */
async function auditOwn(context: CommandContext, file: string, shown: string): Promise<Finding[]> {
  const text = await readText(file, shown);
  const session = parseSession(text, shown);
  const findings = [...auditSeal(text, shown), ...auditSession(shown, session, null)];
  const [folder, shownFolder] = [path.dirname(file), path.dirname(shown)];
  return [
    ...findings,
    ...(await auditReports(session, folder, shownFolder)),
    ...(await auditClaimsReport(context, session, folder, shownFolder)),
  ];
}

function auditSeal(text: string, shown: string): Finding[] {
  if (checkSeal(text) !== 'broken') return [];
  const message = 'the file was changed after it was written: its checksum does not match';
  return [finding(shown, { row: 0, name: SESSION_FILE }, 'CHECKSUM', message)];
}

/** Reports are pure: one that is not what its session renders to was changed, or was made by another version. */
async function auditReports(session: Session, folder: string, shownFolder: string): Promise<Finding[]> {
  const report = { session, summary: summarize(session) };
  const findings: Finding[] = [];
  for (const reporter of REPORTERS) {
    const published = await readFile(path.join(folder, reporter.fileName), 'utf8').catch(() => null);
    if (published === null) continue;
    const line = firstDifference(published, reporter.render(report));
    if (line !== null) findings.push(differs(shownFolder, reporter.fileName, line));
  }
  return findings;
}

/** Published claims beside the session: of what they may say, the nearest is told. */
async function auditClaimsReport(
  context: CommandContext,
  session: Session,
  folder: string,
  shownFolder: string,
): Promise<Finding[]> {
  const published = await readFile(path.join(folder, CLAIMS_REPORT), 'utf8').catch(() => null);
  if (published === null) return [];
  const lines = (await claimsReports(context, session)).map((own) => firstDifference(published, own));
  const nearest = lines
    .flatMap((line) => (line === null ? [] : [line]))
    .toSorted((a, b) => b.number - a.number)[0];
  return lines.includes(null) || nearest === undefined ? [] : [differs(shownFolder, CLAIMS_REPORT, nearest)];
}

function differs(folder: string, name: string, { number, published, recomputed }: Difference): Finding {
  const message = `says ${JSON.stringify(published.slice(0, 200))}, the raw data give ${JSON.stringify(recomputed.slice(0, 200))}`;
  return finding(path.join(folder, name), { row: number, name }, 'REPORT_DIFFERS', message);
}

interface Difference {
  /** Of the first line that differs. */
  number: number;
  published: string;
  recomputed: string;
}

function firstDifference(a: string, b: string): Difference | null {
  if (a === b) return null;
  const published = a.split('\n');
  const recomputed = b.split('\n');
  const index = published.findIndex((line, i) => line !== recomputed[i]);
  const at = index === -1 ? published.length : index;
  return { number: at + 1, published: published[at] ?? '', recomputed: recomputed[at] ?? '' };
}
