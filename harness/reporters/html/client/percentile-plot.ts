import { formatUs } from '../../../base/units.ts';
import type { PageData } from '../page-data.ts';
import { choice, element } from './dom.ts';
import type { PlotLine } from './line.ts';
import { Plot } from './plot.ts';
import { scenarioOptions, targetToggles } from './targets.ts';

/** Latency by percentile of one scenario, with its targets to show or hide. */
export function percentilePlot(data: PageData): HTMLElement {
  const plot = new Plot('Response time by percentile');
  const state = {
    scenario: data.scenarios[0]?.id ?? '',
    shown: new Set(data.targets.map(({ id }) => id)) as ReadonlySet<string>,
  };
  const update = (): void => {
    plot.show({
      description: `Response time by percentile, scenario ${state.scenario}`,
      lines: linesOf(data, state.scenario, state.shown),
      vertical: 'log',
      xText: percentText,
      yText: formatUs,
      xTicks: ({ low, high }) => NINES.filter((nines) => nines >= low && nines <= high),
    });
  };
  const scenario = choice('Scenario', scenarioOptions(data), (id) => {
    state.scenario = id;
    update();
  });
  const toggles = targetToggles(data, 'Targets', (shown) => {
    state.shown = shown;
    update();
  });
  update();
  return element('div', {}, element('div', { class: 'controls' }, scenario), toggles, plot.root);
}

/** p0, p50, p75, p90, p95, p99 and on: -log10 of the share that is slower. */
const NINES = [0, ...[0.5, 0.25, 0.1, 0.05, 0.01, 0.001, 1e-4, 1e-5, 1e-6].map((tail) => -Math.log10(tail))];

function percentText(nines: number): string {
  const percent = 100 * (1 - 10 ** -nines);
  return `${Number(percent.toFixed(Math.max(1, Math.ceil(nines))))} %`;
}

function linesOf(data: PageData, scenario: string, shown: ReadonlySet<string>): PlotLine[] {
  return data.targets
    .filter(({ id }) => shown.has(id))
    .flatMap(({ id, colour, dash }) => {
      const cell = data.cells.find((one) => one.target === id && one.scenario === scenario);
      return cell === undefined || cell.curve.length === 0
        ? []
        : [{ label: id, colour, dash, points: cell.curve }];
    });
}
