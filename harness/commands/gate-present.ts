import path from 'node:path';
import process from 'node:process';
import { renderGateText } from '../reporters/gate/gate-text.ts';
import { renderAnnotations, renderGateMarkdown, renderOutputs } from '../reporters/gate/github.ts';
import { GATE_FORMATS } from '../reporters/gate/index.ts';
import { appendText } from '../store/append-file.ts';
import { ensureFolder, writeAtomically } from '../store/atomic-write.ts';
import type { CommandContext } from './context.ts';
import type { GateEnd } from './gate-measure.ts';
import type { GateOptions } from './gate-options.ts';

/** Prints a gate run, writes what is derived from it beside it, and tells the CI that runs us. */
export async function presentGate(
  context: CommandContext,
  options: Pick<GateOptions, 'json' | 'output'>,
  { record, folder }: Pick<GateEnd, 'record' | 'folder'>,
): Promise<void> {
  const target = options.output === undefined ? folder.folder : path.resolve(context.cwd, options.output);
  await ensureFolder(target);
  for (const { fileName, render } of GATE_FORMATS)
    await writeAtomically(path.join(target, fileName), render(record));
  context.out(options.json === true ? `${JSON.stringify(record, null, 2)}\n` : renderGateText(record));
  context.err(`written: ${path.relative(context.cwd, target) || '.'}\n`);
  await tellGithub(context, record);
}

async function tellGithub(context: CommandContext, record: GateEnd['record']): Promise<void> {
  const { GITHUB_ACTIONS: inside, GITHUB_STEP_SUMMARY: summary, GITHUB_OUTPUT: outputs } = process.env;
  if (inside === undefined || record.report === null) return;
  if (summary !== undefined && summary !== '') await appendText(summary, renderGateMarkdown(record));
  if (outputs !== undefined && outputs !== '') await appendText(outputs, renderOutputs(record.report));
  // Workflow commands are read from either stream; stdout is for the result.
  for (const line of renderAnnotations(record.report)) context.err(`${line}\n`);
}
