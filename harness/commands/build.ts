import path from 'node:path';
import { EXIT } from '../base/errors.ts';
import { formatMs } from '../base/units.ts';
import type { TargetSpec } from '../model/target.ts';
import type { LaunchableTarget } from '../session/run-session.ts';
import { type BuildEvent, buildTargets } from '../targets/build.ts';
import { buildImages } from '../targets/docker/build-images.ts';
import { DockerEngine, engineSocket } from '../targets/docker/engine.ts';
import { discoverTargets } from '../targets/index.ts';
import type { CommandContext } from './context.ts';
import { names, type Register } from './program.ts';
import { selectById } from './selection.ts';

export const register: Register = (program, context, outcome) => {
  program
    .command('build')
    .description('build the servers that the toolchains here allow; what is up to date is left alone')
    .option('-t, --target <ids>', 'targets to build, separated by commas (default: all)', names)
    .action(async (options: { target?: string[] }) => {
      const specs = await discoverTargets(path.join(context.project, 'servers'));
      const failures = await buildServers(
        context,
        selectById(specs, options.target, '--target', 'TARGET_UNKNOWN'),
      );
      outcome.code = failures > 0 ? EXIT.trials : EXIT.ok;
    });
};

/** Builds what is missing or stale, telling a person about it; returns how many builds failed. */
export async function buildServers(context: CommandContext, specs: readonly TargetSpec[]): Promise<number> {
  const outcomes = await buildTargets(specs, tellingOf(context));
  return outcomes.filter((outcome) => outcome.kind === 'failed').length;
}

/** Makes the images of the targets that start as containers, ahead of their first trial. */
export async function prepareImages(
  context: CommandContext,
  targets: readonly LaunchableTarget[],
): Promise<void> {
  const specs = targets.filter(({ launcher }) => launcher.id === 'docker').map(({ spec }) => spec);
  if (specs.length === 0) return;
  await buildImages(specs, new DockerEngine(await engineSocket()), tellingOf(context));
}

function tellingOf(context: CommandContext): { onEvent: (event: BuildEvent) => void; signal: AbortSignal } {
  return {
    onEvent: (event) => {
      const line = lineOf(event);
      if (line !== null) context.err(`${line}\n`);
    },
    signal: context.interruption.signal,
  };
}

/** What up-to-date targets and single lines of a compiler's output say is not worth a line of ours. */
function lineOf(event: BuildEvent): string | null {
  switch (event.kind) {
    case 'started':
      return `build ${event.id}: ${event.command}`;
    case 'built':
      return `build ${event.id}: done in ${formatMs(event.durationMs)}`;
    case 'skipped':
      return `build ${event.id}: skipped: ${event.why}`;
    case 'failed':
      return `build ${event.id}: failed: ${event.why}${event.logTail.map((line) => `\n  ${line}`).join('')}`;
    case 'progress':
    case 'up-to-date':
      return null;
  }
}
