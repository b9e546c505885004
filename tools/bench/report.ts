import { goalText, valueText } from './figure.ts';
import type { PartRecord } from './record.ts';

const TITLE_WIDTH = 58;
const VALUE_WIDTH = 44;

/** A part for the terminal: a line a figure, with its goal, and what else the machine did. */
export function partText({ title, figures, disturbed, foreignCores, pressureShare }: PartRecord): string {
  const lines = figures.map((entry) =>
    `  ${entry.title.padEnd(TITLE_WIDTH)}${valueText(entry).padEnd(VALUE_WIDTH)}${goalText(entry)}`.trimEnd(),
  );
  const waited = pressureShare === null ? 'unknown' : `${(pressureShare * 100).toFixed(0)} %`;
  const state = disturbed === null ? 'undisturbed' : `DISTURBED: ${disturbed}`;
  return [
    `\n${title}`,
    ...lines,
    `  ${state}; tasks waited for a CPU ${waited} of the time, others used ${foreignCores.toFixed(2)} cores`,
  ].join('\n');
}
