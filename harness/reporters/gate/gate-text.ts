import CliTable from 'cli-table3';
import type { GateRecord } from '../../model/gate-record.ts';
import { METRICS } from '../../model/metric.ts';
import { plainText, shellWord } from '../escape.ts';
import { armValues, cellName, changeText, headlineOf, sentenceOf, valueText } from './words.ts';

/** A gate run as text for a terminal: the verdict, a table, a sentence a cell, and how to repeat it. */
export function renderGateText(record: GateRecord): string {
  const { report } = record;
  if (report === null) return `gate ${record.id}: nothing was concluded\n`;
  const table = new CliTable({
    head: ['target', 'scenario', 'metric', 'base', 'head', 'worse by', 'verdict'],
    style: { head: [], border: [], compact: true },
  });
  for (const cell of report.cells) {
    const values = armValues(cell);
    table.push([
      plainText(cell.targetId),
      plainText(cell.scenarioId),
      METRICS[cell.metric].title,
      valueText(cell, values.base),
      valueText(cell, values.head),
      changeText(cell.outcome),
      `${cell.outcome.kind}${cell.advisory ? ' (advisory)' : ''}`,
    ]);
  }
  const sentences = report.cells.map(
    (cell) => `  ${plainText(cellName(cell))}: ${plainText(sentenceOf(cell))}.`,
  );
  const warnings = record.warnings.map((warning) => `! ${plainText(warning)}`);
  return [
    `${record.status === 'interrupted' ? 'INTERRUPTED, so far ' : ''}${headlineOf(report, record.settings)}`,
    table.toString(),
    ...sentences,
    ...warnings,
    sentinelLine(record),
    repeatLine(record),
    '',
  ].join('\n');
}

/** What the reference server said about the machine. */
export function sentinelLine({ report }: GateRecord): string {
  const [finding] = report?.sentinel ?? [];
  if (finding === undefined) return 'sentinel: not measured, so nothing vouches for the machine';
  if (finding.kind === 'clean') {
    return `sentinel: clean, the reference server differs from itself by ${(Math.abs(finding.estimate) * 100).toFixed(1)} %`;
  }
  return `sentinel: ${finding.kind === 'contaminated' ? 'CONTAMINATED, ' : ''}${plainText(finding.why)}`;
}

/** The command that repeats the plan of a run. */
export function repeatCommand({ argv, settings }: GateRecord): string {
  const words = argv.filter((word, i) => !isOwn(word) && !isOwn(argv[i - 1] ?? '')).map(shellWord);
  return ['httpdyno', ...words, '--seed', String(settings.seed)].join(' ');
}

/** The seed is written out in any case; a name is taken once its run is kept. */
function isOwn(word: string): boolean {
  return word === '--seed' || word === '--id';
}

function repeatLine(record: GateRecord): string {
  if (record.status === 'interrupted') {
    const made = `${record.launches.length} whole ${record.launches.length === 1 ? 'launch is' : 'launches are'} kept`;
    return `interrupted: ${made}; go on with: httpdyno resume ${record.id}`;
  }
  return `mode ${record.mode}, ${record.launches.length} launches; again: ${repeatCommand(record)}`;
}
