import type { Reporter } from '../../model/ports.ts';
import { drawBars } from './bars.ts';
import { renderSvg } from './svg.ts';

export const memoryChart: Reporter = {
  id: 'chart-memory',
  fileName: 'memory.svg',
  render: (report) =>
    renderSvg(
      drawBars(report, {
        title: 'Peak memory of the whole target',
        subtitle:
          "Median over rounds of the kernel's high-water mark, page cache excluded. Whisker: range over rounds.",
        metric: 'memoryRssPeakBytes',
        whisker: (summary) =>
          summary.kind === 'value' && summary.values.length > 1 ? [summary.min, summary.max] : null,
      }),
    ),
};
