import type { Finding } from '../../../harness/session/environment/check.ts';
import { CHECKS, MACHINE_CHECKS } from '../../../harness/session/environment/checks/index.ts';
import { examine, type FitnessReport, viewMachine } from '../../../harness/session/environment/examine.ts';
import type { Host } from '../../../harness/session/environment/machine-facts.ts';
import type { ToolAnswer } from '../../../harness/session/environment/tools.ts';
import { type Files, fixtureMachine, QUIET, TUNED_SERVER } from './fixture-machine.ts';

/** What the checks find on a machine of files; the tools are looked at only where answers of theirs are given. */
export async function examined(
  files: Files,
  options: { later?: Files; host?: Partial<Host>; tools?: Record<string, ToolAnswer> } = {},
): Promise<FitnessReport> {
  const view = await viewMachine(
    fixtureMachine(files, options),
    async () => new Map(Object.entries(options.tools ?? {})),
  );
  return examine(options.tools === undefined ? MACHINE_CHECKS : CHECKS, view);
}

export function finding({ findings }: FitnessReport, id: string): Finding {
  const found = findings.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no finding ${id}`);
  return found;
}

export function idsWith({ findings }: FitnessReport, status: Finding['status']): string[] {
  return findings.filter((one) => one.status === status).map(({ id }) => id);
}

/** The finding on a tuned server of which some files are replaced. */
export async function onServerWith(id: string, files: Files, later: Files = QUIET): Promise<Finding> {
  return finding(await examined({ ...TUNED_SERVER, ...files }, { later }), id);
}
