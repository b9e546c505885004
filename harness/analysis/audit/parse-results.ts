import { parseAutocannon } from './formats/autocannon.ts';
import { parseHttpArena } from './formats/http-arena.ts';
import { parseK6 } from './formats/k6.ts';
import { parseOhaJson, parseOhaText } from './formats/oha.ts';
import { parseTheBenchmarker } from './formats/the-benchmarker.ts';
import { parseWrk } from './formats/wrk.ts';
import type { PublishedRow } from './published-row.ts';

export type ParsedResults =
  | { kind: 'parsed'; format: string; rows: PublishedRow[] }
  | { kind: 'unknown'; why: string };

type Parser<Input> = readonly [format: string, parse: (input: Input) => PublishedRow[] | null];

const JSON_FORMATS: readonly Parser<unknown>[] = [
  ['autocannon JSON', parseAutocannon],
  ['oha JSON', parseOhaJson],
  ['k6 summary', parseK6],
  ['HttpArena rows', parseHttpArena],
  ['the-benchmarker data', parseTheBenchmarker],
];
const TEXT_FORMATS: readonly Parser<string>[] = [
  ['wrk text', parseWrk],
  ['oha text', parseOhaText],
];

export const KNOWN_FORMATS: readonly string[] = [...JSON_FORMATS, ...TEXT_FORMATS].map(([format]) => format);

/** Recognises the output of another tool by its shape. JSON is tried first; a file that is none is read as text. */
export function parseResults(text: string): ParsedResults {
  const value = parseJsonOrNull(text);
  const parsed = value === null ? firstOf(TEXT_FORMATS, text) : firstOf(JSON_FORMATS, value);
  return parsed ?? { kind: 'unknown', why: `is none of: ${KNOWN_FORMATS.join(', ')}` };
}

function firstOf<Input>(parsers: readonly Parser<Input>[], input: Input): ParsedResults | null {
  for (const [format, parse] of parsers) {
    const rows = parse(input);
    if (rows !== null) return { kind: 'parsed', format, rows };
  }
  return null;
}

function parseJsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
