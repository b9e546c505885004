import type { SeriesOption } from 'echarts';
import type { Report } from '../../model/ports.ts';
import type { CellSummary } from '../../model/summary.ts';
import { plainText } from '../escape.ts';
import { isPublished } from '../published-trials.ts';
import type { RecordedScenario } from '../scenario-table.ts';
import { FONT, GREY, heading, looksOf, mainHeading, WIDTH, pictureText } from './style.ts';
import type { Drawing } from './svg.ts';

/** One coordinate system of a picture. */
export interface Panel {
  title: string;
  height: number;
  xAxis: object;
  yAxis: object;
  series: SeriesOption[];
}

export interface PictureFrame {
  title: string;
  subtitle: string;
  description: string;
  /** Size of the legend's samples, in pixels: lines are long, symbols square. */
  sample?: { itemWidth: number; itemHeight: number };
  /** Room for the labels of the vertical axes, in pixels. */
  left?: number;
}

const TOP = 72;
const LEGEND_ROW = 24;
const TITLE_HEIGHT = 36;
const AXIS_HEIGHT = 60;

/** Panels one below the other, all as wide as the picture, with one legend of the named series of all of them. */
export function stackPanels(frame: PictureFrame, panels: readonly Panel[]): Drawing {
  const titles: object[] = [mainHeading(frame.title, frame.subtitle)];
  const grid: object[] = [];
  const legend = namesOf(panels);
  let top = TOP + legendRows(legend) * LEGEND_ROW;
  for (const panel of panels) {
    titles.push(heading(pictureText(panel.title, 80), top));
    grid.push({ top: top + TITLE_HEIGHT, height: panel.height, left: frame.left ?? 100, right: 56 });
    top += TITLE_HEIGHT + panel.height + AXIS_HEIGHT;
  }
  return {
    description: plainText(frame.description),
    height: top,
    option: {
      title: titles,
      legend: {
        data: legend,
        top: TOP - 8,
        left: 14,
        ...(frame.sample ?? { itemWidth: 26, itemHeight: 10 }),
        itemGap: 16,
        textStyle: { fontFamily: FONT, fontSize: 12, color: GREY.text },
      },
      grid,
      xAxis: panels.map((panel, gridIndex) => ({ ...panel.xAxis, gridIndex })),
      yAxis: panels.map((panel, gridIndex) => ({ ...panel.yAxis, gridIndex })),
      series: panels.flatMap((panel, index) =>
        panel.series.map((one) => Object.assign({}, one, { xAxisIndex: index, yAxisIndex: index })),
      ),
    },
  };
}

function namesOf(panels: readonly Panel[]): string[] {
  const names = panels.flatMap(({ series }) => series.map(({ name }) => name));
  return [...new Set(names.filter((name) => typeof name === 'string'))];
}

/** Rows that the legend wraps into, from the widths of its entries. */
function legendRows(names: readonly string[]): number {
  const width = names.reduce((sum, name) => sum + 50 + name.length * 8, 0);
  return Math.ceil(width / (WIDTH - 28));
}

/** The cells of a scenario that publish figures, in the order of the session's targets. */
export function publishedCells(report: Report, scenario: RecordedScenario): CellSummary[] {
  const order = new Map(report.session.targets.map(({ id }, index) => [id, index]));
  return report.summary.cells
    .filter((cell) => cell.scenarioId === scenario.id && isPublished(cell))
    .toSorted((a, b) => (order.get(a.targetId) ?? Infinity) - (order.get(b.targetId) ?? Infinity));
}

/** Targets with a published cell in any scenario. */
export function shownTargets(report: Report): string[] {
  const shown = report.session.scenarios.flatMap((scenario) => publishedCells(report, scenario));
  return [...new Set(shown.map(({ targetId }) => pictureText(targetId, 24)))];
}

/** A line in the look of its target. */
export function targetLine(report: Report, targetId: string, data: (number | null)[][]): SeriesOption {
  const { colour, dash } = looksOf(report.session)(targetId);
  return {
    type: 'line',
    name: pictureText(targetId, 24),
    data,
    symbol: 'none',
    lineStyle: { color: colour, width: 2, type: dash },
    itemStyle: { color: colour },
  };
}
