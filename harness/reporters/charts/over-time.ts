import type { SeriesOption } from 'echarts';
import { formatNumber, MS_PER_S } from '../../base/units.ts';
import type { Report, Reporter } from '../../model/ports.ts';
import type { CellSummary } from '../../model/summary.ts';
import type { MeasuredTrial } from '../../model/trial.ts';
import { isQuantity } from '../figures.ts';
import { publishedTrials } from '../published-trials.ts';
import type { RecordedScenario } from '../scenario-table.ts';
import { axisText } from './axis-text.ts';
import { shortUs } from './latency.ts';
import { shownTargets, type Panel, publishedCells, stackPanels, targetLine } from './panels.ts';
import { AXIS, GREY } from './style.ts';
import { renderSvg } from './svg.ts';

/** Marks of whole seconds that an axis has room for. */
const MOST_STEPS = 12;

type Period = MeasuredTrial['load']['series'][number];

/** The published trial whose throughput is the middle one: of an even number the lower. */
export function medianTrial(cell: CellSummary, report: Report): MeasuredTrial | undefined {
  const byRate = publishedTrials(cell, report.session.trials).toSorted((a, b) => rateOf(a) - rateOf(b));
  return byRate[Math.floor((byRate.length - 1) / 2)];
}

function rateOf({ load }: MeasuredTrial): number {
  return load.completedInWindow / (load.window.endUs - load.window.startUs);
}

function drawOverTime(report: Report): string {
  const panels = report.session.scenarios.flatMap((scenario) => [
    timePanel(
      report,
      scenario,
      'throughput, responses per second',
      (value) => axisText(formatNumber(value)),
      ({ completed, periodMs }) => (periodMs > 0 ? (completed / periodMs) * MS_PER_S : null),
    ),
    timePanel(report, scenario, 'mean response time', shortUs, ({ meanUs }) => meanUs),
  ]);
  const frame = {
    title: 'Throughput and response time over time',
    subtitle: 'The round of middle throughput. Shaded: warm-up, which does not count.',
    description: `Throughput and mean response time over the seconds of one round of ${shownTargets(report).join(', ')}.`,
  };
  return renderSvg(stackPanels(frame, panels));
}

function timePanel(
  report: Report,
  scenario: RecordedScenario,
  what: string,
  formatter: (value: number) => string,
  valueOf: (period: Period) => number | null,
): Panel {
  const lines = publishedCells(report, scenario).flatMap((cell) => {
    const periods = (medianTrial(cell, report)?.load.series ?? []).filter(({ tMs }) => Number.isFinite(tMs));
    const data = periods.map((period) => {
      const value = valueOf(period);
      return [period.tMs / MS_PER_S, value !== null && isQuantity(value) ? value : null];
    });
    return data.length === 0
      ? []
      : [
          {
            first: data[0]?.[0] ?? 0,
            last: data.at(-1)?.[0] ?? 0,
            line: targetLine(report, cell.targetId, data),
          },
        ];
  });
  const start = Math.floor(Math.min(0, ...lines.map(({ first }) => first)));
  // The last period ends a moment after the window does.
  const end = Math.max(1, Math.round(Math.max(0, ...lines.map(({ last }) => last))));
  return {
    title: `${scenario.title}: ${what}`,
    height: 160,
    xAxis: {
      type: 'value',
      min: start,
      max: end,
      interval: Math.max(1, Math.ceil((end - start) / MOST_STEPS)),
      ...AXIS,
      splitLine: { show: false },
      axisLine: { ...AXIS.axisLine, onZero: false },
      axisLabel: { ...AXIS.axisLabel, formatter: '{value} s' },
    },
    yAxis: {
      type: 'value',
      min: 0,
      splitNumber: 4,
      ...AXIS,
      axisLine: { show: false, onZero: false },
      axisLabel: { ...AXIS.axisLabel, formatter },
    },
    series: [warmupShade(start), ...lines.map(({ line }) => line)],
  };
}

/** A series without data that carries the shade: it stands once a panel, whatever targets there are. */
function warmupShade(start: number): SeriesOption {
  return {
    type: 'line',
    data: [],
    markArea: { silent: true, itemStyle: { color: GREY.shade }, data: [[{ xAxis: start }, { xAxis: 0 }]] },
  };
}

export const overTimeChart: Reporter = {
  id: 'chart-over-time',
  fileName: 'over-time.svg',
  render: drawOverTime,
};
