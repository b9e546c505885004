import type { GatedMetric } from '../../model/gate-metric.ts';
import type { GateRecord, LaunchRecord, MeasuredBlocks, SliceRecord } from '../../model/gate-record.ts';
import type { CellId } from '../../model/gate-report.ts';
import { disturbances } from './disturbance.ts';
import { type Block, type LaunchDifference, launchDifference } from './launch-difference.ts';
import type { GateCell, GateRun } from './verdict.ts';

/** The metric that tells most about the machine and least about chance; the sentinel is held against it. */
const SENTINEL_METRIC: GatedMetric = 'cpuUsPerRequest';
/** Metrics that the driver sets where it is full; CPU and memory of the target stay its own. */
const PACE_METRICS: readonly GatedMetric[] = ['throughputRps', 'latencyP50Us', 'latencyP99Us'];
const BOUND_SHARE = 0.5;

/** Every cell that a gate run declares: all its metrics for all its targets in all the scenarios that they serve. */
export function declaredCells({ pairs, scenarios, settings }: GateRecord): CellId[] {
  return pairs.flatMap((pair) =>
    scenarios.flatMap((scenario) =>
      settings.metrics.map((metric) => ({ targetId: pair.id, scenarioId: scenario.id, metric })),
    ),
  );
}

/** What the stored slices of a gate run say, ready to be judged: the same record always gives the same run. */
export function gateRunOf(record: GateRecord): GateRun {
  const declared = declaredCells(record);
  const { profile, limits, looks } = record.settings;
  return {
    declared,
    cells: declared.map((cell) => cellOf(record, cell)),
    sentinel: sentinelOf(record),
    profile,
    limits: definedLimits(limits),
    looks,
    logicalCpus: record.environment.logicalCpus,
    waivers: record.waivers,
    today: record.startedAt.slice(0, 10),
  };
}

function definedLimits(limits: GateRecord['settings']['limits']): Partial<Record<GatedMetric, number>> {
  return Object.fromEntries(Object.entries(limits).filter(([, limit]) => limit !== undefined));
}

function cellOf(record: GateRecord, id: CellId): GateCell {
  const launches = record.launches.filter(({ pairId }) => pairId === id.targetId);
  const of = (phase: LaunchRecord['phase']): MeasuredBlocks[] =>
    launches.filter((launch) => launch.phase === phase).flatMap((launch) => blocksOf(launch, id.scenarioId));
  const looks = of('look');
  return {
    ...id,
    launches: looks.map((measured) => differenceOf(record, measured, id.metric)),
    fresh: of('confirm').map((measured) => differenceOf(record, measured, id.metric)),
    problems: problemsOf(launches, looks),
    bound: PACE_METRICS.includes(id.metric) ? driverBound(looks) : null,
  };
}

function blocksOf(launch: LaunchRecord, scenarioId: string): MeasuredBlocks[] {
  return launch.scenarios.filter((measured) => measured.scenarioId === scenarioId);
}

/** One failed launch may be bad luck; more than one in five is a property of what was measured. */
function problemsOf(launches: readonly LaunchRecord[], measured: readonly MeasuredBlocks[]): string[] {
  const failed = launches.flatMap(({ problem }) => (problem === null ? [] : [problem]));
  if (failed.length === 0) return [];
  const few = failed.length * 5 <= launches.length && measured.length > 0;
  return few ? [] : [`${failed.length} of ${launches.length} launches failed: ${failed[0] ?? ''}`];
}

function driverBound(measured: readonly MeasuredBlocks[]): string | null {
  const slices = measured.flatMap(({ blocks }) => blocks.flat());
  const bound = slices.filter((slice) => slice.driverBound).length;
  return slices.length > 0 && bound / slices.length > BOUND_SHARE
    ? `the load driver was the limit in ${bound} of ${slices.length} slices: the figure is its own`
    : null;
}

function differenceOf(record: GateRecord, measured: MeasuredBlocks, metric: GatedMetric): LaunchDifference {
  const { target, driver } = record.settings.cpus;
  const cpus = new Set([...target, ...driver]).size;
  const evidence = disturbances(
    measured.blocks.flat(),
    cpus,
    PACE_METRICS.includes(metric) ? 'pace' : 'cost',
  );
  let position = 0;
  const blocks = measured.blocks.map(
    (block): Block =>
      block.map((slice: SliceRecord) => ({
        arm: slice.arm,
        value: slice[metric],
        disturbed: evidence[position++] ?? null,
      })),
  );
  return launchDifference(blocks, metric);
}

function sentinelOf(record: GateRecord): GateRun['sentinel'] {
  const differences = record.launches.flatMap(({ sentinel }) => {
    const d = sentinel === null ? null : differenceOf(record, sentinel, SENTINEL_METRIC).d;
    return d === null ? [] : [d];
  });
  return record.launches.some(({ sentinel }) => sentinel !== null)
    ? [{ metric: SENTINEL_METRIC, differences }]
    : [];
}
