import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as fc from 'fast-check';

/** What parsers stumble over: ends, nesting, escapes, numbers, and the words of the formats. */
const TOKENS = [
  [
    '\0',
    '\r\n',
    '\n',
    '\t',
    '"',
    "'",
    '\\',
    '\u2028',
    '\ufeff',
    '\ud800',
    '\u001b[2J',
    '%00',
    '--',
    ':',
    ',',
  ],
  [
    '{',
    '}',
    '[',
    ']',
    '[[[[[[[[',
    '{"a":'.repeat(60),
    '&a *a ',
    '<<: *a',
    '!!js/function ',
    '? ',
    '| ',
    '# ',
  ],
  ['0', '-1', '1e309', 'NaN', 'Infinity', '.inf', '0x7f', '99999999999999999999', '1e9h', '10', '5%', 'null'],
  ['__proto__', 'constructor', 'toString', '../', '/dev/zero', '$(touch x)', '`id`', ';', '--privileged'],
  [
    'HTTP/1.1 ',
    'HTTP/1.1 101 \r\n\r\n',
    'content-length: 0\r\n',
    'transfer-encoding: chunked\r\n',
    'ffffffffffffffff\r\n',
  ],
].flat();

const WORDS = [
  ['run', 'load', 'verify', 'compare', 'gate', 'report', 'audit', 'resume', 'list', 'doctor', 'build'],
  ['-c', '-d', '-R', '-H', '-t', '--seed', '--results', '--json', '--driver', '--', '-', '-cdR', '--rounds='],
  ['1', '0', '-1', '1e9', '10s', 'a,b', ',', 'x: y', 'http://127.0.0.1/'],
  TOKENS,
].flat();

type Mutation = {
  kind: 'insert' | 'delete' | 'repeat' | 'replace';
  at: number;
  length: number;
  token: string;
};

const mutations = fc.array(
  fc.record<Mutation>({
    kind: fc.constantFrom('insert', 'delete', 'repeat', 'replace'),
    at: fc.nat({ max: 1_000_000 }),
    length: fc.nat({ max: 40 }),
    token: fc.oneof(fc.constantFrom(...TOKENS), fc.string({ unit: 'binary', maxLength: 6 })),
  }),
  { maxLength: 6 },
);

function mutate(text: string, { kind, at, length, token }: Mutation): string {
  const start = text.length === 0 ? 0 : at % (text.length + 1);
  const before = text.slice(0, start);
  const taken = text.slice(start, start + length);
  const after = text.slice(start + length);
  switch (kind) {
    case 'insert':
      return before + token + taken + after;
    case 'delete':
      return before + after;
    case 'repeat':
      return before + taken.repeat(1 + (length % 30)) + after;
    case 'replace':
      return before + token + after;
  }
}

/** Texts near the given seeds, and now and then plain noise. */
export function near(seeds: readonly string[]): fc.Arbitrary<string> {
  const mutated = fc
    .tuple(fc.constantFrom(...seeds), mutations)
    .map(([seed, changes]) => changes.reduce(mutate, seed));
  return fc.oneof({ weight: 9, arbitrary: mutated }, { weight: 1, arbitrary: fc.string({ maxLength: 300 }) });
}

/** The files of a folder of the corpus. */
export function corpus(folder: string): string[] {
  const place = path.join(import.meta.dirname, 'corpus', folder);
  return readdirSync(place).map((name) => readFileSync(path.join(place, name), 'latin1'));
}

/** Argument vectors near those that people type. */
export const argumentVectors = fc.array(
  fc.oneof(fc.constantFrom(...WORDS), fc.string({ unit: 'binary', maxLength: 12 })),
  { maxLength: 8 },
);
