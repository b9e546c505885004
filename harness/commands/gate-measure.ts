import path from 'node:path';
import { judgeTrial } from '../analysis/trial-reasons.ts';
import { isoTime } from '../base/clock.ts';
import { EXIT, type ExitCode } from '../base/errors.ts';
import { createWarmDynoDriver } from '../drivers/dyno/warm-driver.ts';
import type { GateRecord } from '../model/gate-record.ts';
import type { GateMode } from '../model/gate-metric.ts';
import { createMonitorFactory } from '../monitors/index.ts';
import type { Reference } from '../session/gate/ports.ts';
import { runGate } from '../session/gate/run-gate.ts';
import { createGateFolder, type GateFolder } from '../store/gate-store.ts';
import { takeMachineLock } from '../store/machine-lock.ts';
import type { CommandContext } from './context.ts';
import { pinHarness, sweep } from './execute.ts';
import { sweepCheckouts } from './gate-leftovers.ts';
import type { GateOptions } from './gate-options.ts';
import { type PreparedPairs, preparePairs } from './gate-pairs.ts';
import { gateProgress } from './gate-progress.ts';
import { continuedRecord, newRecord, referenceOf } from './gate-record.ts';
import { readWaivers } from './gate-waivers.ts';
import { runLayout, sessionId } from './prepare-run.ts';
import { readOwnProject } from './project-config.ts';
import { projectAdapters } from './project-config-run.ts';

/** A gate run that has ended, with its exit code. */
export interface GateEnd {
  record: GateRecord;
  folder: GateFolder;
  code: ExitCode;
}

/** What is to be measured. */
export interface GateRequest {
  base: string;
  head: string;
  mode: GateMode;
  /** A run that was begun before: only its missing launches are made, by the same plan. */
  begun?: { record: GateRecord; folder: GateFolder };
  /** Throws where what is planned is not worth measuring; called before anything is. */
  check?: (planned: GateRecord) => Promise<void>;
}

/** Runs a gate of two arms to its end and stores it; printing is left to the caller. */
export async function measureGate(
  context: CommandContext,
  options: GateOptions,
  request: GateRequest,
): Promise<GateEnd> {
  const own = await readOwnProject(context.cwd);
  const waivers = await readWaivers(context, options, own);
  const adapters = await projectAdapters(context, own);
  const { begun } = request;
  const layout = begun?.record.settings ?? runLayout(options);
  const results = path.resolve(context.cwd, options.results);
  const startedAt = isoTime(context.clock);
  const id = sessionId(options.id ?? `gate-${sessionId(undefined, startedAt)}`, startedAt);
  const folder = begun?.folder ?? (await createGateFolder(results, id));
  const lock = await takeMachineLock(startedAt);
  try {
    await sweep(context, adapters.launchers, results);
    for (const left of await sweepCheckouts()) context.err(`swept: ${left}\n`);
    const { workers } = layout;
    const { base, head, mode } = request;
    const prepared = await preparePairs({ context, adapters, own, options, workers, base, head });
    try {
      await pinHarness(layout.cpus);
      const reference = options.sentinel ? referenceOf(prepared.scenarios, adapters, context) : null;
      const record =
        begun === undefined
          ? await newRecord(context, options, { id, startedAt, mode, layout, prepared, waivers, reference })
          : await continuedRecord(begun.record, prepared, reference, context.version);
      await request.check?.(record);
      return await execute(context, record, { prepared, reference, folder, options });
    } finally {
      await prepared.cleanUp();
    }
  } finally {
    await lock.release();
  }
}

async function execute(
  context: CommandContext,
  record: GateRecord,
  {
    prepared,
    reference,
    folder,
    options,
  }: { prepared: PreparedPairs; reference: Reference | null; folder: GateFolder; options: GateOptions },
): Promise<GateEnd> {
  const { clock, interruption } = context;
  const warm = createWarmDynoDriver(clock);
  const { cpus, workers, driverWorkers, sliceMs, blocks, maxWarmupWindows } = record.settings;
  const shape = {
    gateId: record.id,
    sliceMs,
    blocks,
    maxWarmupWindows,
    cpus,
    workers,
    driverWorkers,
    readyTimeoutMs: options.readyTimeout,
  };
  try {
    const ended = await runGate(
      record,
      { pairs: prepared.pairs, scenarios: prepared.scenarios, reference, shape },
      {
        clock,
        driver: warm.driver,
        monitors: createMonitorFactory({ clock }),
        judge: judgeTrial,
        store: folder,
        listener: gateProgress(context, record),
      },
      interruption.signal,
    );
    return { record: ended, folder, code: exitCodeOfGate(ended) };
  } finally {
    await warm.close();
  }
}

/** 1 for a confirmed regression, 3 where something could not be judged; a gate that never fails stays at 0. */
export function exitCodeOfGate({ status, mode, report, settings }: GateRecord): ExitCode {
  if (status === 'interrupted') return EXIT.interrupted;
  const verdict = report?.verdict ?? 'invalid';
  if (mode === 'advisory' || mode === 'absolute') return EXIT.ok;
  if (verdict === 'regression') return EXIT.regression;
  if (verdict === 'invalid') return EXIT.trials;
  return verdict === 'inconclusive' && settings.onInconclusive === 'fail' ? EXIT.regression : EXIT.ok;
}
