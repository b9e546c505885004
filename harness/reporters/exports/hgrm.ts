import type { Report, Reporter } from '../../model/ports.ts';
import type { PercentileCurve } from '../../model/summary.ts';
import { isQuantity } from '../figures.ts';

/**
 * A distribution as the text that HdrHistogram prints and its plotter reads: latency in µs, percentile as a share, samples that are
 * at most this slow, and 1/(1 - percentile), the axis on which a plotter shows it.
 */
export function renderHgrm(curve: PercentileCurve): string {
  const head = `${'Value'.padStart(12)} ${'Percentile'.padStart(14)} ${'TotalCount'.padStart(10)} 1/(1-Percentile)\n\n`;
  const rows = curve.points.map(({ percentile, latencyUs, count }) => {
    const share = percentile / 100;
    const tail = share < 1 ? (1 / (1 - share)).toFixed(2).padStart(14) : '';
    const fields = [latencyUs.toFixed(3).padStart(12), share.toFixed(12), String(count).padStart(10), tail];
    return `${fields.join(' ').trimEnd()}\n`;
  });
  const fixed = (value: number): string => value.toFixed(3).padStart(12);
  const foot = [
    `#[Mean    = ${fixed(curve.meanUs)}, StdDeviation   = ${fixed(curve.stdevUs)}]\n`,
    `#[Max     = ${fixed(curve.maxUs)}, Total count    = ${String(curve.samples).padStart(12)}]\n`,
  ];
  return [head, ...rows, ...foot].join('');
}

/** One reporter for each cell that has a distribution: the plotter compares files, each of one distribution. */
export function hgrmReporters(report: Report): Reporter[] {
  return report.summary.cells.flatMap(({ targetId, scenarioId, percentileCurve }) => {
    if (percentileCurve === undefined || !isDistribution(percentileCurve)) return [];
    const name = `${targetId}.${scenarioId}`.replace(/[^\w.-]/g, '_');
    return [{ id: `hgrm:${name}`, fileName: `${name}.hgrm`, render: () => renderHgrm(percentileCurve) }];
  });
}

/** Whether every number of a curve is one that a plotter can read. */
function isDistribution({ points, meanUs, stdevUs, maxUs }: PercentileCurve): boolean {
  return [meanUs, stdevUs, maxUs, ...points.map(({ latencyUs }) => latencyUs)].every(isQuantity);
}
