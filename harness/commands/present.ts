import path from 'node:path';
import { summarize } from '../analysis/summarize.ts';
import type { Report, Reporter } from '../model/ports.ts';
import type { Session } from '../model/session.ts';
import { hgrmReporters } from '../reporters/exports/hgrm.ts';
import { renderTerminal } from '../reporters/terminal.ts';
import { writeAtomically } from '../store/atomic-write.ts';
import type { CommandContext } from './context.ts';

/** Writes the reports of a session beside it, and prints its table, or with `json` its summary. */
export async function presentSession(
  context: CommandContext,
  session: Session,
  options: { folder: string; json: boolean },
): Promise<void> {
  const report: Report = { session, summary: summarize(session) };
  // The library that draws is large: a run has no use for it before its end.
  const { REPORTERS } = await import('../reporters/index.ts');
  const files = await writeReports(report, options.folder, [...REPORTERS, ...hgrmReporters(report)]);
  if (options.json) {
    const { id, status, plan } = session;
    context.out(`${JSON.stringify({ session: id, status, seed: plan.seed, ...report.summary }, null, 2)}\n`);
    return;
  }
  const { columns, colour } = context.terminal;
  context.out(`${renderTerminal(report, { width: columns, colour })}\n`);
  const folder = path.relative(context.cwd, options.folder) || '.';
  const shown = `${path.join(folder, 'report.md')}, ${path.join(folder, 'report.html')} and ${files.length - 2} more files there`;
  context.err(`\nsession ${session.id}, seed ${session.plan.seed}: ${shown}\n`);
}

/** Renders each report and writes it into the folder; returns the paths. */
export async function writeReports(
  report: Report,
  folder: string,
  reporters: readonly Reporter[],
): Promise<string[]> {
  const files: string[] = [];
  for (const reporter of reporters) {
    const file = path.join(folder, reporter.fileName);
    await writeAtomically(file, reporter.render(report));
    files.push(file);
  }
  return files;
}
