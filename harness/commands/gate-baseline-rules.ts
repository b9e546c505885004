import { createHash } from 'node:crypto';
import { baselineCells } from '../analysis/gate/baseline-run.ts';
import { EXIT, type ExitCode, HarnessError } from '../base/errors.ts';
import type { Baseline, BaselineRun } from '../model/baseline.ts';
import type { GateRecord } from '../model/gate-record.ts';
import type { GateOptions } from './gate-options.ts';

/** A run as its baseline would keep it, with the target that it is of. */
export type MeasuredRun = BaselineRun & { targetId: string };

type BaselineFlags = Pick<GateOptions, 'base' | 'baseline' | 'initBaseline' | 'append' | 'pin'>;

/** Throws USAGE for flags of which one would have to be ignored. */
export function refuseContradiction({ base, baseline, initBaseline, append, pin }: BaselineFlags): void {
  const refuse = (problem: string, fix: string): never => {
    throw new HarnessError('USAGE', problem, { fix });
  };
  if (base !== undefined && (baseline !== undefined || initBaseline === true || append === true)) {
    refuse(
      '--base runs now, a baseline is stored: head is judged against one of them',
      'leave one of them out',
    );
  }
  if (pin === true && append !== true) refuse('--pin pins the run that is added', '--append --pin');
  if (initBaseline === true && (append === true || baseline !== undefined)) {
    refuse(
      '--init-baseline begins a baseline, which cannot be there yet',
      'leave out --append and --baseline',
    );
  }
}

/** Throws RESULT_INVALID where a baseline is not of this target, this work, or this reference server. */
export function refuseOtherWork(baseline: Baseline, run: MeasuredRun, file: string): void {
  const refuse = (problem: string, fix: string): never => {
    throw new HarnessError('RESULT_INVALID', `baseline ${file}: ${problem}`, { fix });
  };
  const last = baseline.runs.at(-1);
  if (baseline.targetId !== run.targetId) {
    refuse(
      `is of ${baseline.targetId}, not of ${run.targetId}`,
      'the baseline of that target, or --init-baseline',
    );
  }
  if (last !== undefined && last.workloadHash !== run.workloadHash) {
    refuse(
      'was measured with other work (scenarios, connections, slices or threads)',
      'measure the same work, or begin a new baseline',
    );
  }
  if (last !== undefined && last.reference.hash !== run.reference.hash) {
    refuse('was measured beside another reference server', 'the httpdyno that wrote it, or a new baseline');
  }
}

/** Why a run is not to be kept, and the exit code that this comes to; null where it is accepted. */
export function objectionTo(
  { report }: GateRecord,
  run: BaselineRun,
  stored: Baseline | null,
): { why: string; code: ExitCode } | null {
  const contaminated = report?.sentinel.find(({ kind }) => kind === 'contaminated');
  if (run.cells.length === 0) return { why: 'nothing in the run could be judged', code: EXIT.trials };
  if (contaminated !== undefined)
    return { why: 'the sentinel found the machine disturbed', code: EXIT.trials };
  if (report?.cells.some(({ outcome }) => outcome.kind === 'suspected') === true) {
    return { why: 'the run is suspected to be worse than its baseline', code: EXIT.ok };
  }
  if (stored !== null && stored.runs.at(-1)?.fingerprint !== run.fingerprint) {
    return { why: 'the baseline is of another machine', code: EXIT.ok };
  }
  return null;
}

/** What a run adds to its baseline. Throws USAGE for a run of several targets: a baseline is of one. */
export function baselineRunOf(record: GateRecord): MeasuredRun {
  const [pair, ...more] = record.pairs;
  if (pair === undefined) throw new HarnessError('BUG', 'a gate without a pair');
  if (more.length > 0) {
    throw new HarnessError('USAGE', 'a baseline is of one target, and these are several', {
      fix: `--target ${pair.id}`,
    });
  }
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
  const { sliceMs, blocks, workers, driverWorkers } = settings;
  return createHash('sha256')
    .update(JSON.stringify([work, sliceMs, blocks, workers, driverWorkers]))
    .digest('hex');
}
