import path from 'node:path';
import { judgeAnchored } from '../analysis/gate/baseline-run.ts';
import { EXIT, type ExitCode, HarnessError } from '../base/errors.ts';
import type { Baseline } from '../model/baseline.ts';
import type { GateRecord } from '../model/gate-record.ts';
import {
  appendRun,
  baselineFile,
  initBaseline,
  readBaseline,
  refuseExistingBaseline,
} from '../store/baselines.ts';
import {
  baselineRunOf,
  type MeasuredRun,
  objectionTo,
  refuseContradiction,
  refuseOtherWork,
} from './gate-baseline-rules.ts';
import type { CommandContext } from './context.ts';
import { exitCodeOfGate, type GateEnd, type GateRequest, measureGate } from './gate-measure.ts';
import type { GateOptions } from './gate-options.ts';
import { presentGate } from './gate-present.ts';

/** The baseline that a run is about: where it is kept, and what it holds, null where it is yet to be begun. */
interface Subject {
  file: string;
  stored: Baseline | null;
}

/**
 * A gate without a base: head runs against itself, beside the reference server, and is held against stored runs of it.
 * Both arms are head, so that a launch is the same as in the paired gate and yields its own false-alarm check.
 */
export async function baselineGate(
  context: CommandContext,
  options: GateOptions,
  begun?: GateRequest['begun'],
): Promise<ExitCode> {
  const { head } = options;
  if (head === undefined) {
    throw new HarnessError('USAGE', 'a gate needs two arms, or --head and a baseline', {
      fix: 'httpdyno gate --base "node old/server.js" --head "node server.js"',
    });
  }
  refuseContradiction(options);
  const named = options.baseline === undefined ? null : path.resolve(context.cwd, options.baseline);
  // Read before anything is built: a gate that cannot read its baseline fails now, not in ten minutes.
  if (named !== null) await readBaseline(named);
  const subjects: Subject[] = [];
  const check = async (planned: GateRecord): Promise<void> => {
    subjects.push(await subjectOf(baselineRunOf(planned), named, context, options));
  };
  const request: GateRequest = { base: head, head, mode: 'absolute', check };
  const measured = await measureGate(context, options, begun === undefined ? request : { ...request, begun });
  const [subject] = subjects;
  if (subject === undefined) throw new HarnessError('BUG', 'a gate that was not checked');
  // A run that is to go on stays as it was begun.
  const isWhole = measured.record.status === 'complete';
  const end = isWhole ? await anchored(measured, subject.stored) : measured;
  await presentGate(context, options, end);
  return end.code === EXIT.ok ? store(context, options, subject, end) : end.code;
}

async function subjectOf(
  planned: MeasuredRun,
  named: string | null,
  context: CommandContext,
  { results, initBaseline: begins, append }: GateOptions,
): Promise<Subject> {
  const file = named ?? baselineFile(path.resolve(context.cwd, results), planned.targetId);
  if (begins === true) await refuseExistingBaseline(file);
  if (named === null && append !== true) return { file, stored: null };
  const stored = await readBaseline(file);
  refuseOtherWork(stored, planned, file);
  return { file, stored };
}

async function store(
  context: CommandContext,
  options: GateOptions,
  { file, stored }: Subject,
  { record }: GateEnd,
): Promise<ExitCode> {
  if (options.initBaseline !== true && options.append !== true) return EXIT.ok;
  const { targetId, ...run } = baselineRunOf(record);
  const objection = objectionTo(record, run, stored);
  if (objection !== null) {
    context.err(`not ${stored === null ? 'begun' : 'appended'}: ${objection.why}\n`);
    return objection.code;
  }
  const shown = path.relative(context.cwd, file);
  if (stored === null) {
    await initBaseline(file, targetId, run);
    context.err(`baseline begun: ${shown}\n`);
  } else {
    const { runs } = await appendRun(file, run, options.pin === true);
    context.err(`appended to ${shown}, ${runs.length} runs${options.pin === true ? ', pinned' : ''}\n`);
  }
  return EXIT.ok;
}

/** Holds a run against its baseline: as a gate on the same kind of machine, as advice on another. */
async function anchored(end: GateEnd, baseline: Baseline | null): Promise<GateEnd> {
  if (baseline === null) return end;
  const run = baselineRunOf(end.record);
  const sameMachine = baseline.runs.at(-1)?.fingerprint === run.fingerprint;
  const warnings = sameMachine
    ? []
    : ['MACHINES DIFFER: the baseline was measured on another machine; this is advice and never fails'];
  const record: GateRecord = {
    ...end.record,
    mode: sameMachine ? 'anchored' : 'advisory',
    warnings: [...end.record.warnings, ...warnings],
    report: judgeAnchored(baseline, run, end.record),
  };
  await end.folder.save(record);
  return { ...end, record, code: exitCodeOfGate(record) };
}
