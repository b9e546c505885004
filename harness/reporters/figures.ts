import { formatBytes, formatBytesPerSec, formatNumber, formatUs } from '../base/units.ts';
import { type MetricDefinition, METRICS, type MetricId } from '../model/metric.ts';
import type { MetricSummary } from '../model/summary.ts';

const FORMATS: Readonly<Record<MetricDefinition['unit'], (value: number) => string>> = {
  'req/s': formatNumber,
  count: formatNumber,
  'B/s': formatBytesPerSec,
  µs: formatUs,
  bytes: formatBytes,
  share: formatReliability,
  percent: (value) => `${formatNumber(value)} %`,
};

/** A figure with its unit as a person reads it; throughput stands bare, its unit is in the heading. */
export function formatMetric(metric: MetricId, value: number): string {
  return FORMATS[METRICS[metric].unit](value);
}

/** A share in percent, rounded down: 100 % means that nothing at all went wrong. */
export function formatReliability(share: number): string {
  if (share >= 1) return '100 %';
  // The small term undoes binary error, so that 0.9998 reads 99.980 and not 99.979.
  return `${(Math.floor(share * 1e5 + 1e-6) / 1e3).toFixed(3)} %`;
}

/** Half the range over rounds, relative to the estimate (0.031 for ±3.1 %); null with fewer than two rounds. */
export function spreadOf(summary: MetricSummary): number | null {
  if (summary.kind === 'none' || summary.values.length < 2) return null;
  const spread = (summary.max - summary.min) / 2 / Math.abs(summary.estimate);
  return isQuantity(spread) ? spread : null;
}

/** `±3.1 %`, from 10 % on without decimals; rounded up, so that a spread is never understated. From ten times on it is no more than that. */
export function formatSpread(spread: number): string {
  if (spread >= 10) return '±>999 %';
  const percent = spread * 100;
  const digits = percent >= 10 ? 0 : 1;
  const scale = 10 ** digits;
  return `±${(Math.ceil(percent * scale - 1e-9) / scale).toFixed(digits)} %`;
}

/** The estimate of a summary, or null where there is none that could be shown: no quantity of ours is negative. */
export function estimateOf(summary: MetricSummary | undefined): number | null {
  return summary?.kind === 'value' && isQuantity(summary.estimate) ? summary.estimate : null;
}

/** True of what can be an amount of anything: finite and not negative. */
export function isQuantity(value: number): boolean {
  return Number.isFinite(value) && value >= 0;
}

export function superscript(mark: number): string {
  return Array.from(String(mark), (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)] ?? '').join('');
}

/** Marks as they stand at a figure: in order, with a dot between, so that 1 and 2 do not read as 12. */
export function marksText(marks: readonly number[]): string {
  return [...new Set(marks)]
    .toSorted((a, b) => a - b)
    .map(superscript)
    .join('·');
}
