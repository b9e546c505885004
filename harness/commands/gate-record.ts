import { isDeepStrictEqual } from 'node:util';
import { LOOKS } from '../analysis/gate/profile.ts';
import { HarnessError } from '../base/errors.ts';
import { freshSeed } from '../base/random.ts';
import { ceilingServer } from '../engine/null-server/spec.ts';
import type { GateMode } from '../model/gate-metric.ts';
import { GATE_SCHEMA_VERSION, type GateArm, type GateRecord } from '../model/gate-record.ts';
import type { Scenario } from '../model/scenario.ts';
import { probeEnvironment } from '../session/environment.ts';
import type { Reference } from '../session/gate/ports.ts';
import { createProbe } from '../targets/index.ts';
import type { Adapters } from './adapters.ts';
import type { CommandContext } from './context.ts';
import { gatedMetrics, type GateOptions } from './gate-options.ts';
import type { PreparedPairs } from './gate-pairs.ts';
import { strayWaivers } from './gate-waivers.ts';
import type { RunLayout } from './prepare-run.ts';

/** The server that does nothing, asked for the smallest scenario that has a fixed length: it measures the machine. */
export function referenceOf(
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

export interface NewRecord {
  id: string;
  startedAt: string;
  mode: GateMode;
  layout: RunLayout;
  prepared: PreparedPairs;
  waivers: GateRecord['waivers'];
  reference: Reference | null;
}

/** The record of a gate run that has not begun: environment, plan and everything that is needed to repeat it. */
export async function newRecord(
  context: CommandContext,
  options: GateOptions,
  { id, startedAt, mode, layout, prepared, waivers, reference }: NewRecord,
): Promise<GateRecord> {
  const looks = options.earlyStop ? LOOKS.filter((launches) => launches < options.maxLaunches) : [];
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
      blocks: options.blocks,
      ...(options.maxWarmup === undefined ? {} : { maxWarmupWindows: options.maxWarmup }),
      looks: [...looks, options.maxLaunches],
      budgetMinutes: options.budgetMinutes,
      profile: options.profile,
      ...gatedMetrics(options),
      onInconclusive: options.onInconclusive,
      ...layout,
    },
    pairs: prepared.recorded,
    scenarios: prepared.scenarios,
    reference: await recordedReference(reference),
    waivers,
    warnings: [...prepared.warnings, ...strayWaivers(waivers, prepared, options)],
    launches: [],
    report: null,
  };
}

async function recordedReference(reference: Reference | null): Promise<GateRecord['reference']> {
  if (reference === null) return { id: 'none', hash: null };
  const { id, artifactHash } = await reference.side.launcher.describe(reference.side.spec);
  return { id, hash: artifactHash };
}

/**
 * The record of a gate run that goes on. Throws PREFLIGHT where what would run now is not what was measured before: launches
 * of two different things are no evidence about either.
 */
export async function continuedRecord(
  before: GateRecord,
  prepared: PreparedPairs,
  reference: Reference | null,
  version: string,
): Promise<GateRecord> {
  const changed = [
    ...(before.harnessVersion === version ? [] : [`httpdyno (${before.harnessVersion}, now ${version})`]),
    ...before.pairs.flatMap((pair) => {
      const now = prepared.recorded.find(({ id }) => id === pair.id);
      return (['base', 'head'] as const)
        .filter((arm) => now === undefined || !isSameArm(pair[arm], now[arm]))
        .map((arm) => `${arm} (${pair[arm].given})`);
    }),
    ...(isSameRecord(before.scenarios, prepared.scenarios) ? [] : ['the scenarios']),
    ...(isSameRecord(before.reference, await recordedReference(reference)) ? [] : ['the reference server']),
  ];
  if (changed.length > 0) {
    throw new HarnessError('PREFLIGHT', `no longer what the gate run measured: ${changed.join(', ')}`, {
      fix: 'restore it in this folder, or begin a new gate run',
    });
  }
  return { ...before, status: 'running', endedAt: null };
}

function isSameArm(before: GateArm, now: GateArm): boolean {
  return (
    before.kind === now.kind &&
    before.commit === now.commit &&
    isSameRecord(before.target, now.target) &&
    isSameRecord(before.command, now.command)
  );
}

/** Equality as a file keeps it: what is undefined is not there. */
function isSameRecord(before: unknown, now: unknown): boolean {
  return isDeepStrictEqual(before, JSON.parse(JSON.stringify(now)));
}
