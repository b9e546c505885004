import { formatNumber, formatUs } from '../../../base/units.ts';
import type { PageData } from '../page-data.ts';
import { choice, element } from './dom.ts';
import type { PlotLine } from './line.ts';
import { Plot } from './plot.ts';
import { scenarioOptions, targetToggles } from './targets.ts';

type Quantity = 'rate' | 'latency';

/** Throughput or mean latency of every trial of a scenario over time; the warm-up is shaded. */
export function timePlot(data: PageData): HTMLElement {
  const plot = new Plot('Throughput and response time over time');
  const all: ReadonlySet<string> = new Set(data.targets.map(({ id }) => id));
  const state = { scenario: data.scenarios[0]?.id ?? '', quantity: 'rate' as Quantity, shown: all };
  const update = (): void => {
    const lines = linesOf(data, state.scenario, state.quantity, state.shown);
    const start = Math.min(0, ...lines.flatMap(({ points }) => points.map(([x]) => x)));
    plot.show({
      description: `${state.quantity === 'rate' ? 'Throughput' : 'Mean response time'} over time, scenario ${state.scenario}; trials that are not valid are dotted`,
      lines,
      vertical: 'linear',
      xText: (seconds) => `${Number(seconds.toFixed(1))} s`,
      yText: state.quantity === 'rate' ? formatNumber : formatUs,
      shade: { low: start, high: 0 },
    });
  };
  const scenario = choice('Scenario', scenarioOptions(data), (id) => {
    state.scenario = id;
    update();
  });
  const quantity = choice('Quantity', QUANTITIES, (value) => {
    state.quantity = value === 'latency' ? 'latency' : 'rate';
    update();
  });
  const toggles = targetToggles(data, 'Targets', (shown) => {
    state.shown = shown;
    update();
  });
  update();
  return element('div', {}, element('div', { class: 'controls' }, scenario, quantity), toggles, plot.root);
}

const QUANTITIES = [
  { value: 'rate', text: 'throughput' },
  { value: 'latency', text: 'mean response time' },
];

function linesOf(
  data: PageData,
  scenario: string,
  quantity: Quantity,
  shown: ReadonlySet<string>,
): PlotLine[] {
  return data.trials
    .filter((trial) => trial.scenario === scenario && shown.has(trial.target))
    .flatMap(({ target, round, verdict, series }) => {
      const look = data.targets.find(({ id }) => id === target);
      const points = series.flatMap(([at, rate, meanUs]): [number, number][] => {
        const value = quantity === 'rate' ? rate : meanUs;
        return value === null ? [] : [[at, value]];
      });
      if (look === undefined || points.length === 0) return [];
      const dash = verdict === 'valid' ? look.dash : 'dotted';
      const label = `${target} round ${round + 1}${verdict === 'valid' ? '' : ` (${verdict})`}`;
      return [{ label, colour: look.colour, dash, points }];
    });
}
