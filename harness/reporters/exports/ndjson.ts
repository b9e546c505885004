import type { Report, Reporter } from '../../model/ports.ts';

/** One JSON object a line: the session without its trials, then each trial, cell and ranking, told apart by `type`. */
export function renderNdjson({ session, summary }: Report): string {
  const { trials, ...head } = session;
  const records = [
    { type: 'session', ...head },
    ...trials.map((trial) => ({ type: 'trial', session: session.id, ...trial })),
    ...summary.cells.map((cell) => ({ type: 'cell', session: session.id, ...cell })),
    ...summary.rankings.map((ranking) => ({ type: 'ranking', session: session.id, ...ranking })),
    ...summary.warnings.map((text) => ({ type: 'warning', session: session.id, text })),
  ];
  return records.map((record) => `${oneLine(JSON.stringify(record))}\n`).join('');
}

/** JSON escapes line feeds, but not the two separators that some readers take for line ends. */
function oneLine(json: string): string {
  return json.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}

export const ndjsonReporter: Reporter = { id: 'ndjson', fileName: 'session.ndjson', render: renderNdjson };
