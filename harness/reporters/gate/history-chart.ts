import type { SeriesOption } from 'echarts';
import { GATED_METRICS, type GatedMetric } from '../../model/gate-metric.ts';
import type { HistoryRow } from '../../model/gate-history.ts';
import { METRICS } from '../../model/metric.ts';
import { axisText } from '../charts/axis-text.ts';
import { type Panel, stackPanels } from '../charts/panels.ts';
import { AXIS, GREY, lookAt, pictureText } from '../charts/style.ts';
import { renderSvg } from '../charts/svg.ts';
import { signedPercent } from './words.ts';

/** Below this span a series is noise, and must not fill the panel. */
const MIN_SPAN = 0.1;
/** Share of the span that is left free above and below. */
const HEADROOM = 0.06;
const COMMIT_LENGTH = 7;

/** How every cell moved, as SVG: a panel a target and scenario, a line a metric, a mark where a level seems to have changed. */
export function renderHistoryChart(rows: readonly HistoryRow[]): string {
  const groups = [...new Set(rows.map(groupOf))].map((group) => rows.filter((row) => groupOf(row) === group));
  const runs = Math.max(...rows.map((row) => row.runs.length));
  const frame = {
    title: 'How the runs of the baselines moved',
    subtitle:
      'Against the first run and beside the reference server of each; up is worse. Dashed: a level seems to have changed.',
    description: `Slowdown of ${groups.length} targets and scenarios over up to ${runs} runs, a line for each metric.`,
  };
  return renderSvg(stackPanels(frame, groups.map(panelOf)));
}

function groupOf({ targetId, scenarioId }: HistoryRow): string {
  return `${targetId}, ${scenarioId}`;
}

function panelOf(rows: readonly HistoryRow[]): Panel {
  const [first] = rows;
  const axis = rows.map(({ runs }) => runs).toSorted((a, b) => b.length - a.length)[0] ?? [];
  const finite = rows.flatMap(({ slowdowns }) => slowdowns).filter(Number.isFinite);
  const [low, high] = [Math.min(0, ...finite), Math.max(0, ...finite)];
  const spare = Math.max(HEADROOM * (high - low), (MIN_SPAN - (high - low)) / 2);
  return {
    title: first === undefined ? '' : groupOf(first),
    height: 200,
    xAxis: {
      type: 'category',
      data: axis.map(nameOfRun),
      boundaryGap: false,
      ...AXIS,
      splitLine: { show: false },
      axisLine: { ...AXIS.axisLine, onZero: false },
    },
    yAxis: {
      type: 'value',
      min: low - spare,
      max: high + spare,
      splitNumber: 4,
      ...AXIS,
      axisLine: { show: false, onZero: false },
      axisLabel: {
        ...AXIS.axisLabel,
        formatter: markOf,
        showMinLabel: false,
        showMaxLabel: false,
      },
    },
    series: [changeMarks(rows, axis), ...rows.map((row) => lineOf(row, axis))],
  };
}

function markOf(share: number): string {
  const text = signedPercent(share);
  return /^[+-]0\.0 /.test(text) ? '0 %' : axisText(text);
}

/** A commit says more than a day, and a day more than the name of a run. */
function nameOfRun({ at, gitCommit }: HistoryRow['runs'][number]): string {
  return gitCommit === null
    ? pictureText(at.slice(0, 10), 10)
    : pictureText(gitCommit, COMMIT_LENGTH + 1).slice(0, COMMIT_LENGTH);
}

function lineOf(row: HistoryRow, axis: HistoryRow['runs']): SeriesOption {
  const { colour, dash, symbol } = lookOf(row.metric);
  const data = row.runs.map((run, i) => {
    const slowdown = row.slowdowns[i] ?? Number.NaN;
    return [positionOf(run, axis), Number.isFinite(slowdown) ? slowdown : null];
  });
  return {
    type: 'line',
    name: METRICS[row.metric].title,
    data,
    symbol,
    symbolSize: 6,
    lineStyle: { color: colour, width: 2, type: dash },
    itemStyle: { color: colour },
  };
}

function positionOf({ gateId }: { gateId: string }, axis: HistoryRow['runs']): number {
  return axis.findIndex((run) => run.gateId === gateId);
}

/** A series without data that carries the marks: metrics that changed with one run share one, so that no label covers another. */
function changeMarks(rows: readonly HistoryRow[], axis: HistoryRow['runs']): SeriesOption {
  const changes = rows.flatMap(({ change }) => (change === null ? [] : [change]));
  const positions = [...new Set(changes.map((change) => positionOf(change, axis)))];
  const data = positions.map((position) => {
    const here = changes.filter((change) => positionOf(change, axis) === position);
    const slowdowns = here.map(({ slowdown }) => slowdown).toSorted((a, b) => a - b);
    const texts = [...new Set([slowdowns.at(0) ?? 0, slowdowns.at(-1) ?? 0].map(signedPercent))];
    return { xAxis: position, label: { formatter: texts.join(' to ') } };
  });
  return {
    type: 'line',
    data: [],
    markLine: {
      silent: true,
      symbol: 'none',
      lineStyle: { color: GREY.quiet, type: 'dashed', width: 1 },
      label: { color: GREY.text, position: 'end' },
      data,
    },
  };
}

/** A metric looks the same in every panel and every picture. */
function lookOf(metric: GatedMetric): ReturnType<typeof lookAt> {
  return lookAt(GATED_METRICS.indexOf(metric));
}
