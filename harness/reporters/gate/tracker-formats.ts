import type { GateRecord } from '../../model/gate-record.ts';
import type { JudgedCell } from '../../model/gate-report.ts';
import { METRICS, type MetricDefinition } from '../../model/metric.ts';
import { plainText } from '../escape.ts';
import { armValues } from './words.ts';

/** What trackers of history take in: only figures that a launch measured, of head alone. */
interface TrackedFigure {
  cell: JudgedCell;
  value: number;
  low: number;
  high: number;
}

function figuresOf({ report }: GateRecord): TrackedFigure[] {
  return (report?.cells ?? []).flatMap((cell) => {
    const { head } = armValues(cell);
    if (head === null || cell.outcome.kind === 'invalid' || cell.outcome.kind === 'not-gated') return [];
    const values = cell.launches.flatMap((launch) => (launch.head === null ? [] : [launch.head]));
    return [{ cell, value: head, low: Math.min(...values), high: Math.max(...values) }];
  });
}

/** `[{name, unit, value, range, extra}]` of github-action-benchmark; it wants each direction in a file of its own. */
export function renderActionBenchmark(record: GateRecord, better: 'higher' | 'lower'): string {
  const entries = figuresOf(record)
    .filter(({ cell }) => METRICS[cell.metric].better === better)
    .map(({ cell, value, low, high }) => ({
      name: `${cell.targetId}/${cell.scenarioId}/${METRICS[cell.metric].title}`,
      unit: METRICS[cell.metric].unit,
      value,
      range: `± ${Number(((high - low) / 2).toPrecision(4))}`,
      extra: `${cell.outcome.kind}: ${plainText(cell.outcome.why)}`,
    }));
  return `${JSON.stringify(entries, null, 2)}\n`;
}

/** Bencher wants latency in ns; everything else keeps its unit. */
function bencherScale({ unit }: MetricDefinition): number {
  return unit === 'µs' ? 1_000 : 1;
}

/** Bencher Metric Format: `{benchmark: {measure: {value, lower_value, upper_value}}}`. */
export function renderBencher(record: GateRecord): string {
  const benchmarks: Record<
    string,
    Record<string, { value: number; lower_value: number; upper_value: number }>
  > = {};
  for (const { cell, value, low, high } of figuresOf(record)) {
    const scale = bencherScale(METRICS[cell.metric]);
    const measures = (benchmarks[`${cell.targetId}/${cell.scenarioId}`] ??= {});
    measures[bencherMeasure(cell.metric)] = {
      value: value * scale,
      lower_value: low * scale,
      upper_value: high * scale,
    };
  }
  return `${JSON.stringify(benchmarks, null, 2)}\n`;
}

function bencherMeasure(metric: JudgedCell['metric']): string {
  const names = {
    cpuUsPerRequest: 'cpu-time-per-request',
    memoryRssMeanBytes: 'memory',
    latencyP50Us: 'latency-p50',
    throughputRps: 'throughput',
    latencyP99Us: 'latency-p99',
  } as const;
  return names[metric];
}

const BENCH_UNITS = {
  cpuUsPerRequest: { unit: 'cpu-ns/op', scale: 1_000, better: 'lower' },
  memoryRssMeanBytes: { unit: 'rss-B', scale: 1, better: 'lower' },
  latencyP50Us: { unit: 'p50-ns', scale: 1_000, better: 'lower' },
  throughputRps: { unit: 'req/s', scale: 1, better: 'higher' },
  latencyP99Us: { unit: 'p99-ns', scale: 1_000, better: 'lower' },
} as const;

/** The text format of Go benchmarks, for benchstat: one line a launch, each arm as a configuration `arm:`. */
export function renderBenchfmt(record: GateRecord): string {
  const cells = record.report?.cells ?? [];
  const groups = [...new Set(cells.map(({ targetId, scenarioId }) => `${targetId}/${scenarioId}`))];
  const lines: string[] = Object.values(BENCH_UNITS).map(
    ({ unit, better }) => `Unit ${unit} better=${better}`,
  );
  lines.push(`harness: httpdyno-${record.harnessVersion}`, `fingerprint: ${record.environment.fingerprint}`);
  for (const arm of ['base', 'head'] as const) {
    lines.push('', `arm: ${arm}`);
    for (const group of groups) {
      const own = cells.filter(({ targetId, scenarioId }) => `${targetId}/${scenarioId}` === group);
      const launches = Math.max(...own.map((cell) => cell.launches.length));
      for (let launch = 0; launch < launches; launch++) {
        const values = own.flatMap((cell) => {
          const value = cell.launches[launch]?.[arm] ?? null;
          const { unit, scale } = BENCH_UNITS[cell.metric];
          return value === null ? [] : [`${Number((value * scale).toPrecision(9))} ${unit}`];
        });
        if (values.length > 0) lines.push(`Benchmark${benchName(group)} 1 ${values.join(' ')}`);
      }
    }
  }
  return `${lines.join('\n')}\n`;
}

/** A benchmark's name starts with a capital letter after the word Benchmark, and holds no spaces. */
function benchName(group: string): string {
  return group
    .replace(/^./, (first) => (/[a-z]/.test(first) ? first.toUpperCase() : `X${first}`))
    .replace(/\s/g, '_');
}
