import type { EChartsOption, SeriesOption } from 'echarts';
import { METRICS, type MetricId } from '../../model/metric.ts';
import type { Report } from '../../model/ports.ts';
import type { MetricSummary } from '../../model/summary.ts';
import { plainText } from '../escape.ts';
import { estimateOf, formatMetric, isQuantity } from '../figures.ts';
import { type Row, type ScenarioTable, scenarioTables } from '../scenario-table.ts';
import { axisText } from './axis-text.ts';
import { AXIS, drawable, FONT, GREY, heading, looksOf, mainHeading, pictureText } from './style.ts';
import type { Drawing } from './svg.ts';

const TOP = 84;
const ROW_HEIGHT = 30;
const PANEL_EXTRA = 72;
const NAME_WIDTH = 140;
const LABEL_WIDTH = 170;
/** Pixels: the caps of a shorter whisker would run into each other; its label tells the spread. */
const LEAST_WHISKER = 5;

/** A picture of horizontal bars: one panel a scenario, one bar a target, each from zero, with a whisker. */
export interface BarPicture {
  title: string;
  subtitle: string;
  metric: MetricId;
  whisker(summary: MetricSummary): [number, number] | null;
}

export function drawBars(report: Report, picture: BarPicture): Drawing {
  const tables = scenarioTables(report, [picture.metric]);
  const titles: object[] = [mainHeading(picture.title, picture.subtitle)];
  const option = {
    grid: [] as object[],
    xAxis: [] as object[],
    yAxis: [] as object[],
    series: [] as SeriesOption[],
  };
  let top = TOP;
  for (const [index, table] of tables.entries()) {
    const height = Math.max(1, table.rows.length) * ROW_HEIGHT;
    titles.push(heading(pictureText(table.scenario.title, 60), top));
    option.grid.push({ top: top + 28, height, left: NAME_WIDTH, right: LABEL_WIDTH });
    option.xAxis.push(valueAxis(index, picture.metric, largestOf(report, table, picture.metric)));
    option.yAxis.push(targetAxis(index, table));
    option.series.push(...barSeries(report, table, index, picture));
    top += height + PANEL_EXTRA;
  }
  return {
    description: `${picture.title}: ${tables.map((table) => describe(table, picture.metric)).join('. ')}`,
    height: top,
    option: { ...option, title: titles } satisfies EChartsOption,
  };
}

function largestOf(report: Report, table: ScenarioTable, metric: MetricId): number {
  const estimates = table.rows.map((row) => drawable(estimateOf(summaryOf(report, table, row, metric)) ?? 0));
  return Math.max(0, ...estimates);
}

function describe(table: ScenarioTable, metric: MetricId): string {
  const rows = table.rows.map((row) => `${row.targetId} ${row.figures.get(metric)?.text ?? row.status}`);
  return `${plainText(table.scenario.title)}: ${rows.join(', ')}`;
}

function valueAxis(gridIndex: number, metric: MetricId, largest: number): object {
  const formatter = (value: number): string => axisText(formatMetric(metric, value));
  const step = METRICS[metric].unit === 'bytes' && largest > 0 ? byteSteps(largest) : {};
  return {
    type: 'value',
    gridIndex,
    min: 0,
    ...step,
    ...AXIS,
    axisLabel: { ...AXIS.axisLabel, formatter, hideOverlap: true },
  };
}

/** Four to eight steps of a power of two, the last beyond the largest value: round numbers of bytes are binary. */
function byteSteps(largest: number): { interval: number; max: number } {
  const interval = 2 ** Math.floor(Math.log2(largest / 4));
  return { interval, max: interval * Math.ceil(largest / interval) };
}

function targetAxis(gridIndex: number, table: ScenarioTable): object {
  const data = table.rows.map((row) => pictureText(row.targetId, 18));
  return { type: 'category', gridIndex, inverse: true, data, ...AXIS, splitLine: { show: false } };
}

function barSeries(report: Report, table: ScenarioTable, index: number, picture: BarPicture): SeriesOption[] {
  const lookOf = looksOf(report.session);
  const summaries = table.rows.map((row) => summaryOf(report, table, row, picture.metric));
  const estimates = summaries.map((summary) => drawable(estimateOf(summary) ?? 0));
  const bars = table.rows.map((row, position) => ({
    value: estimates[position] ?? 0,
    itemStyle: { color: lookOf(row.targetId).colour, opacity: row.status === 'limited' ? 0.35 : 0.85 },
  }));
  const marks = table.rows.map((row, position) => {
    const summary = summaries[position];
    const estimate = estimates[position] ?? 0;
    const whisker = summary === undefined ? null : picture.whisker(summary);
    const [low, high] = whisker?.every(isQuantity) === true ? whisker : [estimate, estimate];
    return {
      row: position,
      low: drawable(low),
      high: Math.max(drawable(high), estimate),
      label: labelOf(row, picture.metric),
    };
  });
  const on = { xAxisIndex: index, yAxisIndex: index };
  const data = marks.map(({ row, low, high }) => [low, high, row]);
  const renderItem = markRenderer(marks.map(({ label }) => label));
  return [
    { type: 'bar', ...on, barWidth: 18, data: bars },
    { type: 'custom', ...on, data, z: 5, clip: false, renderItem, encode: { x: [0, 1], y: 2 } },
  ];
}

/** The figures of rows that publish some; a row that does not has no bar, however its record looks. */
function summaryOf(
  report: Report,
  table: ScenarioTable,
  row: Row,
  metric: MetricId,
): MetricSummary | undefined {
  if (row.refusal !== null) return undefined;
  return report.summary.cells.find(
    ({ targetId, scenarioId }) => targetId === row.targetId && scenarioId === table.scenario.id,
  )?.metrics[metric];
}

interface Label {
  text: string;
  colour: string;
}

function labelOf(row: Row, metric: MetricId): Label {
  const figure = row.figures.get(metric);
  if (figure === undefined)
    return { text: pictureText(`${row.status}: ${row.refusal ?? ''}`, 90), colour: GREY.quiet };
  return { text: `${figure.text}  ${figure.spread ?? ''}`.trim(), colour: GREY.text };
}

type RenderItem = NonNullable<Extract<SeriesOption, { type?: 'custom' }>['renderItem']>;

/** Draws a whisker with a cap at each end where it has a length, and the label of the row to the right of everything. */
function markRenderer(labels: readonly Label[]): RenderItem {
  return (_, api) => {
    const row = Number(api.value(2));
    const [x1 = 0, y = 0] = api.coord([api.value(0), row]);
    const [x2 = 0] = api.coord([api.value(1), row]);
    const { text = '', colour: fill = GREY.text } = labels[row] ?? {};
    const style = { text, fill, x: x2 + 10, y, font: `12px ${FONT}`, verticalAlign: 'middle' as const };
    const whisker =
      x2 - x1 < LEAST_WHISKER
        ? []
        : [...rule(x1, y, x2, y), ...rule(x1, y - 5, x1, y + 5), ...rule(x2, y - 5, x2, y + 5)];
    return { type: 'group', children: [...whisker, { type: 'text' as const, style }] };
  };
}

/** Dark on a light rim, so that it shows on every bar. */
function rule(x1: number, y1: number, x2: number, y2: number) {
  const shape = { x1, y1, x2, y2 };
  return [
    { type: 'line' as const, shape, z2: 1, style: { stroke: '#ffffff', lineWidth: 4, opacity: 0.8 } },
    { type: 'line' as const, shape, z2: 2, style: { stroke: '#111111', lineWidth: 1.5 } },
  ];
}
