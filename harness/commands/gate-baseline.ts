import { createHash } from 'node:crypto';
import path from 'node:path';
import { baselineCells, judgeAnchored } from '../analysis/gate/baseline-run.ts';
import { EXIT, type ExitCode, HarnessError } from '../base/errors.ts';
import type { Baseline, BaselineRun } from '../model/baseline.ts';
import type { GateRecord } from '../model/gate-record.ts';
import { appendRun, baselineFile, initBaseline, readBaseline } from '../store/baselines.ts';
import type { CommandContext } from './context.ts';
import { exitCodeOfGate, type GateEnd, type GateRequest, measureGate } from './gate-measure.ts';
import type { GateOptions } from './gate-options.ts';
import { presentGate } from './gate-present.ts';

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
  const results = path.resolve(context.cwd, options.results);
  const file = options.baseline === undefined ? null : path.resolve(context.cwd, options.baseline);
  // Read before anything is measured: a gate that cannot read its baseline fails now, not in ten minutes.
  const stored = file === null ? null : await readBaseline(file);
  const measured = await measureGate(context, options, {
    base: head,
    head,
    mode: 'absolute',
    ...(begun === undefined ? {} : { begun }),
  });
  const run = baselineRunOf(measured.record);
  // A run that is to go on stays as it was begun.
  const isWhole = measured.record.status === 'complete';
  const end = stored === null || !isWhole ? measured : await anchored(measured, stored, run);
  await presentGate(context, options, end);
  if (end.code !== EXIT.ok) return end.code;
  const target = file ?? baselineFile(results, run.targetId);
  return store(context, options, target, end, run);
}

async function store(
  context: CommandContext,
  options: GateOptions,
  file: string,
  end: GateEnd,
  { targetId, ...run }: BaselineRun & { targetId: string },
): Promise<ExitCode> {
  if (options.initBaseline === true) {
    await initBaseline(file, targetId, run);
    context.err(`baseline begun: ${path.relative(context.cwd, file)}\n`);
  }
  if (options.append === true) {
    const suspected = end.record.report?.cells.some(({ outcome }) => outcome.kind === 'suspected') === true;
    if (suspected) {
      context.err('not appended: the run is suspected to be worse than its baseline\n');
      return EXIT.ok;
    }
    refuseOtherWork(await readBaseline(file), run);
    const { runs } = await appendRun(file, run, options.pin === true);
    context.err(`appended to ${path.relative(context.cwd, file)}, ${runs.length} runs\n`);
  }
  return EXIT.ok;
}

/** Holds a run against its baseline: as a gate on the same kind of machine, as advice on another. */
async function anchored(end: GateEnd, baseline: Baseline, run: BaselineRun): Promise<GateEnd> {
  refuseOtherWork(baseline, run);
  const last = baseline.runs.at(-1);
  const sameMachine = last?.fingerprint === run.fingerprint;
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

function refuseOtherWork(baseline: Baseline, run: BaselineRun): void {
  const last = baseline.runs.at(-1);
  if (last !== undefined && last.workloadHash !== run.workloadHash) {
    throw new HarnessError(
      'RESULT_INVALID',
      'the baseline was measured with other work (scenarios, connections or slices)',
      {
        fix: 'measure the same work, or begin a new baseline',
      },
    );
  }
  if (last !== undefined && last.reference.hash !== run.reference.hash) {
    throw new HarnessError('RESULT_INVALID', 'the baseline was measured beside another reference server', {
      fix: 'the httpdyno that wrote it, or a new baseline',
    });
  }
}

/** What a run adds to its baseline. */
function baselineRunOf(record: GateRecord): BaselineRun & { targetId: string } {
  const [pair] = record.pairs;
  if (pair === undefined) throw new HarnessError('BUG', 'a gate without a pair');
  return {
    targetId: pair.id,
    gateId: record.id,
    at: record.startedAt,
    harnessVersion: record.harnessVersion,
    fingerprint: record.environment.fingerprint,
    workloadHash: workloadHash(record),
    targetVersion: pair.head.target.version,
    artifactHash: pair.head.target.artifactHash,
    gitCommit: pair.head.commit ?? record.environment.gitCommit,
    reference: record.reference,
    cells: baselineCells(record),
  };
}

function workloadHash({ scenarios, settings }: GateRecord): string {
  const work = scenarios.map(({ id, request, expect, loop, connections }) => [
    id,
    request,
    expect,
    loop,
    connections,
  ]);
  const { sliceMs, workers, driverWorkers } = settings;
  return createHash('sha256')
    .update(JSON.stringify([work, sliceMs, workers, driverWorkers]))
    .digest('hex');
}
