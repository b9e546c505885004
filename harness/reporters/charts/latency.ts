import { formatUs } from '../../base/units.ts';
import type { Report, Reporter } from '../../model/ports.ts';
import type { MetricId } from '../../model/metric.ts';
import type { CellSummary, PercentileCurve } from '../../model/summary.ts';
import { estimateOf } from '../figures.ts';
import { axisText } from './axis-text.ts';
import { shownTargets, type Panel, publishedCells, stackPanels, targetLine } from './panels.ts';
import { AXIS } from './style.ts';
import { renderSvg } from './svg.ts';

/** Histograms begin at 1 µs; what is far below it is no latency, and nothing for a logarithmic axis. */
const LEAST_US = 1e-3;

/** Samples that must lie beyond a percentile for it to be shown: as many as at p99, 662 of 1 %, and beyond. */
const SAMPLES_BEYOND = 6.62;

/**
 * Points of a curve as [nines, µs]: -log10 of the share that is slower, on which 90 % is 1, 99 % is 2 and 99.9 % is 3. Ends where too
 * few samples lie beyond a point to know it.
 */
export function ninesOf(curve: PercentileCurve): [number, number][] {
  const last = Math.log10(curve.samples / SAMPLES_BEYOND);
  return curve.points
    .map(({ percentile, latencyUs }): [number, number] => [0 - Math.log10(1 - percentile / 100), latencyUs])
    .filter(([nines, us]) => nines <= last && us >= LEAST_US);
}

const PERCENTILES: readonly [number, MetricId][] = [
  [50, 'latencyP50Us'],
  [90, 'latencyP90Us'],
  [99, 'latencyP99Us'],
  [99.9, 'latencyP999Us'],
];

/** The curve of a cell, or where its summary has none, the few percentiles that it has. */
export function latencyPointsOf({ percentileCurve, metrics }: CellSummary): [number, number][] {
  if (percentileCurve !== undefined) return ninesOf(percentileCurve);
  return PERCENTILES.flatMap(([percentile, metric]): [number, number][] => {
    const us = estimateOf(metrics[metric]);
    return us === null || us < LEAST_US ? [] : [[-Math.log10(1 - percentile / 100), us]];
  });
}

/** `50 %` … `99.99 %` for the marks of the axis of nines. */
export function ninesLabel(nines: number): string {
  return nines === 0 ? '0 %' : `${Number((100 * (1 - 10 ** -nines)).toFixed(Math.max(0, nines - 2)))} %`;
}

function drawLatency(report: Report): string {
  const panels = report.session.scenarios.map((scenario): Panel => {
    const curves = publishedCells(report, scenario)
      .map((cell) => ({ cell, points: latencyPointsOf(cell) }))
      .filter(({ points }) => points.length > 0);
    const last = Math.max(1, ...curves.flatMap(({ points }) => points.map(([nines]) => nines)));
    return {
      title: scenario.title,
      height: 280,
      xAxis: {
        type: 'value',
        min: 0,
        max: Math.ceil(last),
        interval: 1,
        name: 'percentile',
        nameLocation: 'middle',
        nameGap: 30,
        ...AXIS,
        axisLabel: { ...AXIS.axisLabel, formatter: ninesLabel },
      },
      yAxis: { type: 'log', logBase: 10, ...AXIS, axisLabel: { ...AXIS.axisLabel, formatter: shortUs } },
      series: curves.map(({ cell, points }) => targetLine(report, cell.targetId, points)),
    };
  });
  const frame = {
    title: 'Response time by percentile',
    subtitle:
      'All valid rounds merged; both axes logarithmic. A curve ends where too few samples lie beyond it.',
    description: `Response time by percentile of ${shownTargets(report).join(', ')}; the figures are in the latency tables.`,
  };
  return renderSvg(stackPanels(frame, panels));
}

/** A duration at a mark of an axis: `1 ms`, not `1.00 ms`. */
export function shortUs(us: number): string {
  return axisText(formatUs(us));
}

export const latencyChart: Reporter = { id: 'chart-latency', fileName: 'latency.svg', render: drawLatency };
