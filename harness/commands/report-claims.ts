import path from 'node:path';
import { judgeClaims } from '../analysis/claims/judge-claims.ts';
import { summarize } from '../analysis/summarize.ts';
import { HarnessError } from '../base/errors.ts';
import type { Claims } from '../model/claims.ts';
import type { ClaimsReport } from '../model/claims-report.ts';
import type { Session } from '../model/session.ts';
import { renderClaimsMarkdown } from '../reporters/claims/markdown.ts';
import { renderClaimsTerminal } from '../reporters/claims/terminal.ts';
import { writeAtomically } from '../store/atomic-write.ts';
import { readClaimsFile, readClaimsFolder } from '../store/claims-files.ts';
import type { CommandContext } from './context.ts';
import { selectById } from './selection.ts';

interface ClaimsRequest {
  session: Session;
  /** Where the session is kept, and `claims.md` is written. */
  folder: string;
  /** A file of claims, the id of one that is shipped, or all that fit the session. */
  claims?: string | true;
  format?: string[];
}

export const CLAIMS_REPORT = 'claims.md';
const FORMATS = ['terminal', 'markdown', 'json'].map((id) => ({ id }));

/** Holds published claims against a session: text and JSON are printed, Markdown is written beside the session. */
export async function reportClaims(context: CommandContext, request: ClaimsRequest): Promise<void> {
  const { session, folder, format = ['terminal', 'markdown'] } = request;
  const formats = new Set(selectById(FORMATS, format, '--format', 'USAGE').map(({ id }) => id));
  const chosen = await chooseClaims(context, request);
  const summary = summarize(session);
  const reports = chosen.map((claims) => judgeClaims(claims, session, summary));
  if (formats.has('terminal')) context.out(renderClaimsTerminal(reports, context.terminal.columns));
  if (formats.has('json')) context.out(jsonOf(session, reports));
  if (!formats.has('markdown')) return;
  const file = path.join(folder, CLAIMS_REPORT);
  await writeAtomically(file, renderClaimsMarkdown(reports));
  context.err(`written: ${path.relative(context.cwd, file)}\n`);
}

function jsonOf(session: Session, reports: readonly ClaimsReport[]): string {
  return `${JSON.stringify({ schemaVersion: 1, session: session.id, claims: reports }, null, 2)}\n`;
}

async function chooseClaims(
  context: CommandContext,
  { claims: wanted, session }: ClaimsRequest,
): Promise<Claims[]> {
  if (typeof wanted === 'string' && (/\.ya?ml$/.test(wanted) || wanted.includes(path.sep))) {
    return [await readClaimsFile(path.resolve(context.cwd, wanted))];
  }
  const all = await readClaimsFolder(claimsFolder(context));
  if (typeof wanted === 'string') return [named(all, wanted)];
  const fitting = fittingClaims(all, session);
  if (fitting.length > 0) return fitting;
  const scenarios = session.scenarios.map(({ id }) => id).join(', ');
  throw new HarnessError('NOTHING_TO_RUN', `no claims about ${scenarios} in ${claimsFolder(context)}`, {
    fix: 'name a file: `httpdyno report <session> --claims <file>`',
  });
}

function claimsFolder({ project }: CommandContext): string {
  return path.join(project, 'scenarios', 'claims');
}

function fittingClaims(all: readonly Claims[], session: Session): Claims[] {
  return all.filter(({ tables }) =>
    tables.some(({ scenario }) => session.scenarios.some(({ id }) => id === scenario)),
  );
}

/** What `claims.md` of a session may say: all claims that fit it together, or those of one file. */
export async function claimsReports(context: CommandContext, session: Session): Promise<string[]> {
  const all = await readClaimsFolder(claimsFolder(context));
  const summary = summarize(session);
  return [fittingClaims(all, session), ...all.map((claims) => [claims])].map((chosen) =>
    renderClaimsMarkdown(chosen.map((claims) => judgeClaims(claims, session, summary))),
  );
}

function named(all: readonly Claims[], wanted: string): Claims {
  const found = all.find(({ id }) => id === wanted);
  if (found !== undefined) return found;
  const ids = all.length === 0 ? 'none' : all.map(({ id }) => id).join(', ');
  throw new HarnessError('USAGE', `--claims: no "${wanted}" here (there are ${ids})`, {
    fix: 'name the session before it: `httpdyno report <session> --claims`, or a file of claims (*.yaml)',
  });
}
