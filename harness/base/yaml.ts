import { LineCounter, parseDocument } from 'yaml';
import { HarnessError } from './errors.ts';
import { parseWith, type z } from './schema.ts';

const MAX_CONFIG_BYTES = 1_048_576;

/**
 * Parses one YAML document and validates it. Duplicate keys, unknown tags, alias bombs and multiple documents are
 * refused. Errors name `file:line:col`; a schema error is placed at the line of the value that it is about.
 */
export function parseYaml<T>(schema: z.ZodType<T>, text: string, file: string): T {
  if (Buffer.byteLength(text) > MAX_CONFIG_BYTES) {
    throw new HarnessError('CONFIG_INVALID', `${file}: larger than ${MAX_CONFIG_BYTES} bytes`);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    strict: true,
    uniqueKeys: true,
    stringKeys: true,
  });
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem !== undefined) {
    const { line, col } = lines.linePos(problem.pos[0]);
    throw new HarnessError('CONFIG_INVALID', `${file}:${line}:${col}: ${firstLine(problem.message)}`);
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 50 });
  } catch (cause) {
    throw new HarnessError('CONFIG_INVALID', `${file}: ${firstLine(String(cause))}`, { cause });
  }
  if (value === null || value === undefined) throw new HarnessError('CONFIG_INVALID', `${file}: is empty`);
  return parseWith(schema, value, file, {
    locate: (path) => position(document.getIn(path, true), lines),
  });
}

/** Refuses JSON in which an object has a key twice: `JSON.parse` would keep the last in silence. JSON is YAML, so its parser tells. */
export function refuseRepeatedKeys(json: string, file: string): void {
  const lines = new LineCounter();
  const { errors } = parseDocument(json, { lineCounter: lines, uniqueKeys: true });
  const repeated = errors.find(({ code }) => code === 'DUPLICATE_KEY');
  if (repeated === undefined) return;
  const { line, col } = lines.linePos(repeated.pos[0]);
  throw new HarnessError('CONFIG_INVALID', `${file}:${line}:${col}: a key stands here twice`);
}

function firstLine(message: string): string {
  // A lone return is a line break too: a message can quote one from the file.
  return (message.split(/[\r\n]/)[0] ?? message).replace(/ at line .*$/, '').replace(/:$/, '');
}

function position(node: unknown, lines: LineCounter): string | null {
  if (typeof node !== 'object' || node === null || !('range' in node) || !Array.isArray(node.range))
    return null;
  const start: unknown = node.range[0];
  if (typeof start !== 'number') return null;
  const { line, col } = lines.linePos(start);
  return `${line}:${col}`;
}
