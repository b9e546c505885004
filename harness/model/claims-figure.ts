import { KIB, MIB, US_PER_MS, US_PER_S } from '../base/units.ts';
import { type MetricDefinition, type MetricId, METRICS } from './metric.ts';

/** The units that a published figure may have, by the unit of its metric, each with what one of it is in that unit. */
const PUBLISHED_UNITS: Readonly<Record<MetricDefinition['unit'], Readonly<Record<string, number>>>> = {
  'req/s': { 'req/s': 1 },
  'B/s': { 'B/s': 1, 'kB/s': 1e3, 'MB/s': 1e6, 'GB/s': 1e9, 'KiB/s': KIB, 'MiB/s': MIB, 'GiB/s': KIB * MIB },
  µs: { ns: 0.001, µs: 1, us: 1, ms: US_PER_MS, s: US_PER_S },
  bytes: { B: 1, kB: 1e3, KB: 1e3, MB: 1e6, GB: 1e9, KiB: KIB, MiB: MIB, GiB: KIB * MIB },
  percent: { '%': 1 },
  share: { '%': 0.01 },
  count: {},
};

/** A published figure in the unit of its metric, and how far rounding to its last digit may put it off. */
export interface PublishedFigure {
  value: number;
  resolution: number;
}

/** The units that a figure of the metric may be published in. */
export function unitsOf(metric: MetricId): string[] {
  return Object.keys(PUBLISHED_UNITS[METRICS[metric].unit]);
}

/** A number in the given unit, or text with a unit of its own; null where that is no amount in a unit of the metric. */
export function readFigure(
  figure: number | string,
  { metric, unit }: { metric: MetricId; unit: string },
): PublishedFigure | null {
  const units = PUBLISHED_UNITS[METRICS[metric].unit];
  const match = /^(\d+(?:\.(\d+))?) ?(\D*)$/.exec(String(figure));
  const named = typeof figure === 'string' ? (match?.[3] ?? '') : unit;
  const factor = Object.hasOwn(units, named) ? (units[named] ?? 0) : 0;
  const number = typeof figure === 'string' ? Number(match?.[1]) : figure;
  // Decimal text in binary fractions: 2.01 ms shall be 2,010 µs.
  const value = Number((number * factor).toFixed(6));
  return value > 0 ? { value, resolution: (factor * 10 ** -(match?.[2]?.length ?? 0)) / 2 } : null;
}
