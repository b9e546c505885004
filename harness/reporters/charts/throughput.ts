import type { Reporter } from '../../model/ports.ts';
import { drawBars } from './bars.ts';
import { renderSvg } from './svg.ts';

export const throughputChart: Reporter = {
  id: 'chart-throughput',
  fileName: 'throughput.svg',
  render: (report) =>
    renderSvg(
      drawBars(report, {
        title: 'Throughput, responses per second',
        subtitle:
          'Median over rounds. Whisker: 95 % interval, or the range over rounds where they are too few for one. Pale and ≥: a lower bound.',
        metric: 'throughputRps',
        whisker: (summary) => {
          if (summary.kind === 'none') return null;
          if (summary.interval !== null) return [summary.interval.low, summary.interval.high];
          return summary.values.length > 1 ? [summary.min, summary.max] : null;
        },
      }),
    ),
};
