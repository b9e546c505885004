import { goalText, valueText } from './figure.ts';
import type { BenchRecord, PartRecord } from './record.ts';

/**
 * The page with its measured parts replaced by those of a record; all else stays as it was written. A part that the
 * record lacks keeps the figures that it has.
 * @throws Error where the page has no place for a part: the figures would be lost in silence.
 */
export function filledPage(page: string, record: BenchRecord): string {
  const blocks: [string, string][] = [
    ['machine', machineText(record)],
    ...record.parts.map((part): [string, string] => [part.id, partTable(part, record)]),
  ];
  return blocks.reduce((text, [id, block]) => replaceBlock(text, id, block), page);
}

function replaceBlock(page: string, id: string, block: string): string {
  const [start, end] = [`<!-- measured: ${id} -->`, '<!-- end -->'];
  const from = page.indexOf(start);
  const to = page.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`docs/accuracy.md: no place between "${start}" and "${end}"`);
  return `${page.slice(0, from + start.length)}\n\n${block}\n\n${page.slice(to)}`;
}

function machineText({ at, machine, kernel, node, commit, command, rounds, parts }: BenchRecord): string {
  const disturbed = parts.filter((part) => part.disturbed !== null).map(({ id }) => id);
  const state =
    disturbed.length === 0
      ? 'No part was disturbed.'
      : `**Disturbed: ${disturbed.join(', ')}.** Times and rates of these parts tell of the machine, not of httpdyno.`;
  return [
    '| | |',
    '|---|---|',
    `| machine | ${cell(machine)} |`,
    `| kernel, Node | ${cell(kernel)}, ${cell(node)} |`,
    `| measured | ${at.slice(0, 16).replace('T', ' ')} UTC, commit ${commit ?? 'unknown'}, ${rounds} round(s) |`,
    `| command | \`${cell(command)}\` |`,
    '',
    state,
  ].join('\n');
}

function partTable({ figures, ...part }: PartRecord, { at }: BenchRecord): string {
  const rows = figures.map(
    (entry) => `| ${cell(entry.title)} | ${cell(valueText(entry))} | ${cell(goalText(entry))} |`,
  );
  return [
    ...(figures.length === 0 ? [] : ['| | median (range) | goal |', '|---|---|---|', ...rows, '']),
    surroundingsText(part, at),
  ].join('\n');
}

function surroundingsText(part: Omit<PartRecord, 'figures'>, at: string): string {
  const before = part.pressureBefore === null ? 'unknown' : `\`${part.pressureBefore}\``;
  const during =
    part.pressureShare === null ? 'unknown' : `${(part.pressureShare * 100).toFixed(0)} % of the time`;
  const state = part.disturbed === null ? 'Undisturbed' : `**Disturbed** (${cell(part.disturbed)})`;
  return `${state}, ${at.slice(0, 10)}. CPU pressure before: ${before}; during: ${during}; cores used by others: ${part.foreignCores.toFixed(2)}.`;
}

/** A cell of a table: one line, without a bar. */
function cell(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ').replaceAll('|', '/');
}
