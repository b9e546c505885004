import { z } from 'zod';
import { type ErrorCode, HarnessError, messageOf } from './errors.ts';

export { z };

const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);
const MAX_DEPTH = 50;

/** Refuses what no schema sees: keys that reach a prototype, and nesting deep enough to overflow a stack. */
function refuseHostileShape(value: unknown, where: string, code: ErrorCode, depth = 0): void {
  if (depth > MAX_DEPTH) throw new HarnessError(code, `${where}: nested more than ${MAX_DEPTH} levels deep`);
  if (typeof value !== 'object' || value === null) return;
  for (const key of Object.keys(value)) {
    if (FORBIDDEN_KEYS.has(key)) throw new HarnessError(code, `${where}: the key "${key}" is not allowed`);
  }
  for (const child of Object.values(value)) refuseHostileShape(child, where, code, depth + 1);
}

/** The most specific message: a refused key or union names its own problem inside. */
function messageWithin(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message;
  if (issue.code === 'invalid_union') return issue.errors[0]?.[0]?.message ?? issue.message;
  return issue.message;
}

function describe(issue: z.core.$ZodIssue, input: unknown): string {
  const path = issue.path.map(String).join('.');
  const got = issue.path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    input,
  );
  const suffix = issue.code === 'unrecognized_keys' ? '' : ` (got ${shownValue(got).slice(0, 60)})`;
  return `${path === '' ? '' : `${path}: `}${messageWithin(issue)}${suffix}`;
}

/** A value from code may be what no JSON holds. */
function shownValue(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value);
  return JSON.stringify(value) ?? 'nothing';
}

export interface ParseOptions {
  /** The code of the error thrown; CONFIG_INVALID unless told. */
  code?: ErrorCode;
  /** Where a value stands in its text, as `line:col`, for messages that a person follows. */
  locate?: (path: readonly PropertyKey[]) => string | null;
}

/**
 * Validates foreign data against a schema. On failure throws a HarnessError with one line:
 * `where[:line:col]: path: problem (got X)`. The first problem is shown, with the number of further ones.
 */
export function parseWith<T>(
  schema: z.ZodType<T>,
  input: unknown,
  where: string,
  { code = 'CONFIG_INVALID', locate = () => null }: ParseOptions = {},
): T {
  refuseHostileShape(input, where, code);
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const first = result.error.issues[0];
  const at = first === undefined ? null : locate(first.path);
  const problem = first === undefined ? 'does not fit its schema' : describe(first, input);
  const more = result.error.issues.length - 1;
  const place = at === null ? where : `${where}:${at}`;
  throw new HarnessError(code, `${place}: ${problem}${more > 0 ? `, and ${more} more` : ''}`);
}

/** Parses JSON text and validates it; a syntax error names the file and the position. */
export function parseJson<T>(
  schema: z.ZodType<T>,
  text: string,
  where: string,
  code: ErrorCode = 'CONFIG_INVALID',
): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new HarnessError(code, `${where}: not JSON (${jsonPosition(text, cause)})`, { cause });
  }
  return parseWith(schema, value, where, { code });
}

/** `line L, column C: what is wrong there`; V8 leaves the position out of many of its messages. */
function jsonPosition(text: string, cause: unknown): string {
  const before = text.slice(0, firstBadCharacter(text)).split('\n');
  const problem = messageOf(cause).split(/, ?"| in JSON/)[0] ?? '';
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}: ${problem}`;
}

/** Bisects for the longest prefix that is merely unfinished. */
function firstBadCharacter(text: string): number {
  let viable = 0;
  let bad = text.length + 1;
  while (bad - viable > 1) {
    const middle = Math.floor((viable + bad) / 2);
    if (isUnfinished(text.slice(0, middle))) viable = middle;
    else bad = middle;
  }
  return viable;
}

function isUnfinished(prefix: string): boolean {
  try {
    JSON.parse(prefix);
    return true;
  } catch (error) {
    const message = messageOf(error);
    const at = /position (\d+)/.exec(message)?.[1];
    return /Unexpected end|Unterminated/.test(message) || Number(at) === prefix.length;
  }
}
