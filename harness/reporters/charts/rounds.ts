import type { Report, Reporter } from '../../model/ports.ts';
import { formatSpread, isQuantity, spreadOf } from '../figures.ts';
import { type Panel, publishedCells, stackPanels } from './panels.ts';
import { AXIS, GREY, looksOf, pictureText } from './style.ts';
import { renderSvg } from './svg.ts';

function drawRounds(report: Report): string {
  const { reach, interval } = axisScale(report);
  const panels = report.session.scenarios.map((scenario): Panel => {
    const lookOf = looksOf(report.session);
    const cells = publishedCells(report, scenario);
    const names = cells.map(({ targetId, metrics }) => {
      const spread = spreadOf(metrics.throughputRps);
      return `${pictureText(targetId, 16)}${spread === null ? '' : `  ${formatSpread(spread)}`}`;
    });
    return {
      title: scenario.title,
      height: Math.max(1, cells.length) * 28,
      xAxis: {
        type: 'value',
        min: -reach,
        max: reach,
        interval,
        ...AXIS,
        axisLine: { show: false },
        axisLabel: { ...AXIS.axisLabel, formatter: signedPercent },
      },
      yAxis: {
        type: 'category',
        inverse: true,
        data: names,
        ...AXIS,
        axisLine: { show: true, onZero: false, lineStyle: { color: GREY.line } },
        splitLine: { show: false },
      },
      series: cells.map((cell, row) => ({
        type: 'scatter',
        symbolSize: 10,
        data: deviations(cell.metrics.throughputRps).map((deviation) => [deviation, row]),
        itemStyle: { color: lookOf(cell.targetId).colour, opacity: 0.75 },
      })),
    };
  });
  const frame = {
    title: 'Throughput of each round',
    subtitle:
      'Difference of every round from the median of its target: the same scale for all. What scatters here, no digit can settle.',
    description:
      'Throughput of each round relative to the median of its target; the spreads are in the tables.',
    left: 200,
  };
  return renderSvg(stackPanels(frame, panels));
}

type Throughput = Report['summary']['cells'][number]['metrics']['throughputRps'];

/** Each round's difference from the estimate in percent, at most the whole of it; nothing without an estimate above zero. */
function deviations(summary: Throughput): number[] {
  if (summary.kind === 'none' || !(summary.estimate > 0)) return [];
  return summary.values
    .filter(isQuantity)
    .map((value) => Math.min(100, (value / summary.estimate - 1) * 100))
    .filter(Number.isFinite);
}

/** Steps of an axis in percent that a reader can add up. */
const STEPS = [1, 2, 5, 10, 20, 25];

/** One scale for every panel: at most three steps to each side of the median, beyond the largest deviation. */
function axisScale({ summary }: Report): { reach: number; interval: number } {
  const all = summary.cells.flatMap(({ metrics }) => deviations(metrics.throughputRps).map(Math.abs));
  const largest = Math.max(3, ...all);
  const interval = STEPS.find((step) => step * 3 >= largest) ?? 50;
  return { reach: Math.ceil(largest / interval) * interval, interval };
}

function signedPercent(percent: number): string {
  return `${percent > 0 ? '+' : ''}${percent} %`;
}

export const roundsChart: Reporter = { id: 'chart-rounds', fileName: 'rounds.svg', render: drawRounds };
