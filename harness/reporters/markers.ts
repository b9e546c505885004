import type { Report } from '../model/ports.ts';
import { driversOf } from '../model/session.ts';
import { headlineOf } from './headline.ts';
import { markdownCode, markdownText } from './escape.ts';
import { figureTable, REQUEST_COLUMNS, shortNoteList, TRANSFER_COLUMNS } from './markdown/tables.ts';
import { loadOf, reproductionOf } from './method.ts';
import { scenarioTables } from './scenario-table.ts';

export const BEGIN_MARKER = '<!-- httpdyno:begin -->';
export const END_MARKER = '<!-- httpdyno:end -->';

export type MarkerUpdate =
  | { kind: 'updated'; text: string }
  /** Nothing was changed; the sentence says what is wrong with the markers. */
  | { kind: 'refused'; why: string };

/** The text with what stands between its two markers replaced by the tables of a session; everything else stays as it is. */
export function updateBetweenMarkers(text: string, report: Report): MarkerUpdate {
  const [begins, ends] = [text.split(BEGIN_MARKER).length - 1, text.split(END_MARKER).length - 1];
  if (begins === 0 && ends === 0) {
    return {
      kind: 'refused',
      why: `no markers: put ${BEGIN_MARKER} and ${END_MARKER} where the table belongs`,
    };
  }
  if (begins !== 1 || ends !== 1) {
    return { kind: 'refused', why: `needs each marker once, found ${begins} of begin and ${ends} of end` };
  }
  const from = text.indexOf(BEGIN_MARKER) + BEGIN_MARKER.length;
  const to = text.indexOf(END_MARKER);
  if (to < from) return { kind: 'refused', why: 'the end marker stands before the begin marker' };
  // The file keeps its own line ends.
  const newline = /\r\n/.test(text) ? '\r\n' : '\n';
  const block = renderMarkedBlock(report).replaceAll('\n', newline);
  return { kind: 'updated', text: `${text.slice(0, from)}${newline}${block}${newline}${text.slice(to)}` };
}

/** A header that says where the figures come from, then one table a scenario with its notes. */
export function renderMarkedBlock(report: Report): string {
  const metrics = [...REQUEST_COLUMNS, ...TRANSFER_COLUMNS].map(({ metric }) => metric);
  const sections = scenarioTables(report, metrics).flatMap((table) => [
    `**${markdownText(headlineOf(report, table.scenario))}**`,
    figureTable(table, table.kind === 'transfer' ? TRANSFER_COLUMNS : REQUEST_COLUMNS),
    shortNoteList(table.notes),
  ]);
  const legend =
    '#: the places by throughput that a target may hold; those that cannot be told apart share one. ±: half the range over rounds, relative to the figure. ≥ and ≤: a bound, set by the driver or the machine.';
  return [header(report), ...sections, legend].filter((section) => section !== '').join('\n\n');
}

function header({ session }: Report): string {
  const { environment, plan } = session;
  const loads = session.scenarios.map((scenario) => `${scenario.title}: ${loadOf(session, scenario)}`);
  const machine = `${environment.cpuModel}, ${environment.logicalCpus} CPUs, ${environment.os}, kernel ${environment.kernel}`;
  const run = markdownText(`${session.startedAt.slice(0, 10)}, httpdyno ${session.harnessVersion}`);
  const command = markdownCode(reproductionOf(session).at(-1) ?? '');
  return [
    `* __Machine:__ ${markdownText(machine)}`,
    `* __Node:__ ${markdownText(environment.node)}`,
    `* __Run:__ ${run}, ${command}`,
    `* __Method:__ ${markdownText(`${loads.join('; ')}; load by ${driversOf(plan)}; fresh start of the target for every trial, in random order`)}`,
  ].join('\n');
}
