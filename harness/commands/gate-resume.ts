import path from 'node:path';
import { Command } from 'commander';
import { type ExitCode, HarnessError, messageOf } from '../base/errors.ts';
import type { GateArm, GateRecord } from '../model/gate-record.ts';
import { probeEnvironment } from '../session/environment.ts';
import { findGateFile, openGateFolder, readGate } from '../store/gate-store.ts';
import { refuseUnlikeMachines } from './compare-machines.ts';
import type { CommandContext } from './context.ts';
import { baselineGate } from './gate-baseline.ts';
import { exitCodeOfGate } from './gate-measure.ts';
import { addGateOptions, type GateOptions } from './gate-options.ts';
import { pairedGate } from './gate-paired.ts';
import { presentGate } from './gate-present.ts';

/** What whoever resumes may choose anew; all else is as the run was begun. */
export type ResumedOptions = Partial<Pick<GateOptions, 'json' | 'output' | 'build' | 'readyTimeout'>>;

/**
 * Goes on with a gate run that crashed or was interrupted: the plan and the seed are those it began with, launches that are
 * stored are not made again, and the minutes that they took are spent. One that is complete is shown, with its exit code.
 */
export async function resumeGate(
  context: CommandContext,
  results: string,
  name: string,
  chosen: ResumedOptions = {},
): Promise<ExitCode> {
  const record = await readGate(results, name);
  const file = (await findGateFile(results, name)) ?? path.resolve(context.cwd, name);
  const folder = openGateFolder(path.dirname(file));
  const options = { ...begunOptions(record, folder.folder), ...chosen };
  if (record.status === 'complete') {
    context.err(`gate ${record.id} is complete: nothing is missing\n`);
    await presentGate(context, options, { record, folder });
    return exitCodeOfGate(record);
  }
  refuseUnlikeMachines(record.environment, await probeEnvironment(context.project), false);
  const begun = { record, folder };
  return options.base === undefined
    ? baselineGate(context, options, begun)
    : pairedGate(context, options, begun);
}

/** The options that a run was begun with. Its arms are named so that they mean the same again: a branch may have moved since. */
function begunOptions({ id, argv, pairs }: GateRecord, folder: string): GateOptions {
  const options = optionsIn(argv, id);
  if (options.selftest === true) {
    throw new HarnessError(
      'USAGE',
      `${id} is one of the runs of a selftest, which is only worth anything whole`,
      {
        fix: 'httpdyno gate --selftest',
      },
    );
  }
  const [pair] = pairs;
  if (pair === undefined) throw new HarnessError('BUG', 'a gate without a pair');
  const arms = {
    ...(options.base === undefined ? {} : { base: sameArm(pair.base) }),
    head: sameArm(pair.head),
  };
  return { ...options, ...arms, id, results: path.dirname(folder) };
}

/** Throws RESULT_INVALID for a command line that is none of ours: of another version, or changed by hand. */
function optionsIn([, ...words]: readonly string[], id: string): GateOptions {
  const command = addGateOptions(new Command('gate').exitOverride());
  command.configureOutput({ writeErr: () => undefined, outputError: () => undefined });
  try {
    return command.parse(words, { from: 'user' }).opts<GateOptions>();
  } catch (cause) {
    const why = messageOf(cause).replace(/^error: /, '');
    throw new HarnessError('RESULT_INVALID', `${id}: its command line is not understood: ${why}`, { cause });
  }
}

function sameArm({ kind, given, commit }: GateArm): string {
  if (kind === 'ref') return `git:${commit ?? given}`;
  const prefix = { target: 'target:', command: 'cmd:', image: 'image:', reference: 'target:' }[kind];
  return given.startsWith(prefix) ? given : `${prefix}${given}`;
}
