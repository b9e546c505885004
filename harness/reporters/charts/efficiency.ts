import type { SeriesOption } from 'echarts';
import { formatNumber } from '../../base/units.ts';
import type { Report, Reporter } from '../../model/ports.ts';
import { estimateOf } from '../figures.ts';
import { axisText } from './axis-text.ts';
import { shortUs } from './latency.ts';
import { type Panel, publishedCells, stackPanels } from './panels.ts';
import { AXIS, drawable, looksOf, pictureText } from './style.ts';
import { renderSvg } from './svg.ts';

function drawEfficiency(report: Report): string {
  const panels = report.session.scenarios.map((scenario): Panel => {
    const points = publishedCells(report, scenario).flatMap(({ targetId, status, metrics }) => {
      const rate = estimateOf(metrics.throughputRps);
      const cpuUs = estimateOf(metrics.cpuUsPerRequest);
      return rate === null || cpuUs === null
        ? []
        : [{ targetId, rate: drawable(rate), cpuUs: drawable(cpuUs), bound: status === 'limited' }];
    });
    return {
      title: `${scenario.title}: CPU time per request`,
      height: 260,
      xAxis: {
        type: 'value',
        min: 0,
        name: 'throughput, responses per second',
        nameLocation: 'middle',
        nameGap: 30,
        ...AXIS,
        axisLabel: { ...AXIS.axisLabel, formatter: (value: number) => axisText(formatNumber(value)) },
      },
      yAxis: {
        type: 'value',
        min: 0,
        ...AXIS,
        axisLabel: { ...AXIS.axisLabel, formatter: shortUs },
      },
      series: points.map((point) => dot(report, point)),
    };
  });
  const frame = {
    title: 'CPU time per request against throughput',
    subtitle:
      'Lower right is better. Medians over rounds, both axes from zero. Hollow: throughput is a lower bound.',
    description: 'CPU time per request against throughput; the figures are in the tables.',
    sample: { itemWidth: 14, itemHeight: 14 },
  };
  return renderSvg(stackPanels(frame, panels));
}

function dot(
  report: Report,
  { targetId, rate, cpuUs, bound }: { targetId: string; rate: number; cpuUs: number; bound: boolean },
): SeriesOption {
  const { colour, symbol } = looksOf(report.session)(targetId);
  return {
    type: 'scatter',
    name: pictureText(targetId, 24),
    symbol,
    symbolSize: 14,
    data: [[rate, cpuUs]],
    itemStyle: { color: bound ? '#ffffff' : colour, borderColor: colour, borderWidth: 2, opacity: 0.85 },
  };
}

export const efficiencyChart: Reporter = {
  id: 'chart-efficiency',
  fileName: 'efficiency.svg',
  render: drawEfficiency,
};
