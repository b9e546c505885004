import path from 'node:path';
import { judgeTrial } from '../analysis/trial-reasons.ts';
import { LOOKS } from '../analysis/gate/profile.ts';
import { isoTime } from '../base/clock.ts';
import { EXIT, type ExitCode } from '../base/errors.ts';
import { freshSeed } from '../base/random.ts';
import { createWarmDynoDriver } from '../drivers/dyno/warm-driver.ts';
import { ceilingServer } from '../engine/null-server/spec.ts';
import { GATE_SCHEMA_VERSION, type GateRecord } from '../model/gate-record.ts';
import type { GateMode } from '../model/gate-metric.ts';
import type { Scenario } from '../model/scenario.ts';
import { createMonitorFactory } from '../monitors/index.ts';
import { probeEnvironment } from '../session/environment.ts';
import type { Reference } from '../session/gate/ports.ts';
import { runGate } from '../session/gate/run-gate.ts';
import { createGateFolder, type GateFolder } from '../store/gate-store.ts';
import { takeMachineLock } from '../store/machine-lock.ts';
import { createProbe } from '../targets/index.ts';
import { type Adapters, createAdapters } from './adapters.ts';
import type { CommandContext } from './context.ts';
import { pinHarness, sweep } from './execute.ts';
import { gatedMetrics, type GateOptions } from './gate-options.ts';
import { type PreparedPairs, preparePairs } from './gate-pairs.ts';
import { gateProgress } from './gate-progress.ts';
import { readWaivers } from './gate-waivers.ts';
import { runLayout, type RunLayout, sessionId } from './prepare-run.ts';
import { type OwnProject, readOwnProject } from './project-config.ts';
import { withOwnTargets } from './project-config-run.ts';

/** A gate run that has ended, with its exit code. */
export interface GateEnd {
  record: GateRecord;
  folder: GateFolder;
  code: ExitCode;
}

/** Runs a gate of two arms to its end and stores it; printing is left to the caller. */
export async function measureGate(
  context: CommandContext,
  options: GateOptions,
  { base, head, mode }: { base: string; head: string; mode: GateMode },
): Promise<GateEnd> {
  const own = await readOwnProject(context.cwd);
  const waivers = await readWaivers(context, options, own);
  const adapters = await adaptersFor(context, own);
  const layout = runLayout(options);
  const startedAt = isoTime(context.clock);
  const id =
    options.id === undefined ? `gate-${sessionId(undefined, startedAt)}` : sessionId(options.id, startedAt);
  const lock = await takeMachineLock(startedAt);
  try {
    await sweep(context, adapters.launchers, path.resolve(context.cwd, options.results));
    const prepared = await preparePairs({
      context,
      adapters,
      own,
      options,
      workers: layout.workers,
      base,
      head,
    });
    try {
      await pinHarness(layout.cpus);
      const reference = options.sentinel ? referenceOf(prepared.scenarios, adapters, context) : null;
      const record = await newRecord(context, options, {
        id,
        startedAt,
        mode,
        layout,
        prepared,
        waivers,
        reference,
      });
      const folder = await createGateFolder(path.resolve(context.cwd, options.results), id);
      return await execute(context, record, { prepared, reference, folder, options });
    } finally {
      await prepared.cleanUp();
    }
  } finally {
    await lock.release();
  }
}

async function adaptersFor(context: CommandContext, own: OwnProject | null): Promise<Adapters> {
  const adapters = await createAdapters(context);
  return own === null ? adapters : withOwnTargets(adapters, own, context.clock);
}

/** The server that does nothing, asked for the smallest scenario that has a fixed length: it measures the machine. */
function referenceOf(
  scenarios: readonly Scenario[],
  { processLauncher }: Adapters,
  { clock }: CommandContext,
): Reference | null {
  const [first] = scenarios;
  if (first === undefined) return null;
  const scenario: Scenario = {
    ...first,
    id: 'reference',
    title: 'Reference server',
    request: { method: 'GET', path: '/reference', headers: {}, body: null },
    expect: { status: 200, headers: {}, bodyBytes: 1_024, bodySha256: null },
  };
  return {
    side: { spec: ceilingServer(scenario), launcher: processLauncher, probe: createProbe({ clock }) },
    scenario,
  };
}

interface NewRecord {
  id: string;
  startedAt: string;
  mode: GateMode;
  layout: RunLayout;
  prepared: PreparedPairs;
  waivers: GateRecord['waivers'];
  reference: Reference | null;
}

async function newRecord(
  context: CommandContext,
  options: GateOptions,
  { id, startedAt, mode, layout, prepared, waivers, reference }: NewRecord,
): Promise<GateRecord> {
  const looks = LOOKS.filter((launches) => launches < options.maxLaunches);
  const described = reference === null ? null : await reference.side.launcher.describe(reference.side.spec);
  return {
    schemaVersion: GATE_SCHEMA_VERSION,
    id,
    harnessVersion: context.version,
    status: 'running',
    mode,
    startedAt,
    endedAt: null,
    argv: [...context.argv],
    environment: await probeEnvironment(context.project),
    settings: {
      seed: options.seed ?? freshSeed(),
      sliceMs: options.slice,
      looks: [...looks, options.maxLaunches],
      budgetMinutes: options.budgetMinutes,
      profile: options.profile,
      ...gatedMetrics(options),
      onInconclusive: options.onInconclusive,
      ...layout,
    },
    pairs: prepared.recorded,
    scenarios: prepared.scenarios,
    reference: { id: described?.id ?? 'none', hash: described?.artifactHash ?? null },
    waivers,
    warnings: prepared.warnings,
    launches: [],
    report: null,
  };
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
  const { cpus, workers, driverWorkers, sliceMs } = record.settings;
  const shape = {
    gateId: record.id,
    sliceMs,
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
