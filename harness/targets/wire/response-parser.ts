import { KIB } from '../../base/units.ts';

/** A response exactly as it stood on the wire. */
export interface WireResponse {
  status: number;
  /** Names in lower case; a repeated header's values joined with `, `. */
  headers: ReadonlyMap<string, string>;
  body: Buffer;
  framing: 'content-length' | 'chunked' | 'until-close' | 'none';
}

export type ParseStep =
  | { kind: 'incomplete' }
  | { kind: 'complete'; response: WireResponse; usedBytes: number }
  | { kind: 'invalid'; why: string };

export interface ParseContext {
  method: string;
  maxBodyBytes: number;
  /** The peer has sent FIN: what is not complete now never will be. */
  ended: boolean;
}

const MAX_HEAD_BYTES = 64 * KIB;
const INCOMPLETE: ParseStep = { kind: 'incomplete' };

/**
 * Reads one response from the front of `bytes` (RFC 9112), stricter than a client needs to be: what two clients could
 * read differently is invalid. Pure; call it again with more bytes after `incomplete`.
 */
export function parseResponse(bytes: Buffer, context: ParseContext): ParseStep {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd === -1 || headEnd > MAX_HEAD_BYTES) {
    if (bytes.length > MAX_HEAD_BYTES) return invalid(`headers of more than ${MAX_HEAD_BYTES} bytes`);
    return context.ended ? invalid(`connection closed after ${bytes.length} bytes of headers`) : INCOMPLETE;
  }
  const head = parseHead(bytes.toString('latin1', 0, headEnd));
  if (typeof head === 'string') return invalid(head);
  if (head.status < 200) return invalid(`an interim response (${head.status}) that nobody asked for`);
  return readBody(bytes, headEnd + 4, head, context);
}

type Head = Pick<WireResponse, 'status' | 'headers'>;

/** Status line and headers, or what is wrong with them. */
function parseHead(text: string): Head | string {
  const [statusLine = '', ...lines] = text.split('\r\n');
  const status = /^HTTP\/1\.1 ([1-5]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/.exec(statusLine)?.[1];
  if (status === undefined) return `not an HTTP/1.1 status line: ${JSON.stringify(statusLine.slice(0, 80))}`;
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name, value = ''] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[\t ]*(.*?)[\t ]*$/.exec(line) ?? [];
    if (name === undefined || /[\0\r\n]/.test(value))
      return `not a header: ${JSON.stringify(line.slice(0, 80))}`;
    const key = name.toLowerCase();
    const earlier = headers.get(key);
    if (key === 'content-length' && earlier !== undefined) return 'two content-length headers';
    headers.set(key, earlier === undefined ? value : `${earlier}, ${value}`);
  }
  return { status: Number(status), headers };
}

function readBody(bytes: Buffer, start: number, head: Head, context: ParseContext): ParseStep {
  const length = head.headers.get('content-length');
  const coding = head.headers.get('transfer-encoding');
  if (length !== undefined && !/^\d{1,15}$/.test(length)) return invalid(`content-length: ${length}`);
  if (length !== undefined && coding !== undefined)
    return invalid('both content-length and transfer-encoding');
  if (context.method === 'HEAD' || head.status === 204 || head.status === 304) {
    return complete(head, Buffer.alloc(0), 'none', start);
  }
  if (coding !== undefined) {
    if (coding.toLowerCase() !== 'chunked') return invalid(`transfer-encoding: ${coding}`);
    return readChunks(bytes, start, head, context);
  }
  if (length !== undefined) return readSized(bytes, start, Number(length), head, context);
  if (bytes.length - start > context.maxBodyBytes)
    return invalid(`a body of more than ${context.maxBodyBytes} bytes`);
  return context.ended ? complete(head, bytes.subarray(start), 'until-close', bytes.length) : INCOMPLETE;
}

function readSized(bytes: Buffer, start: number, size: number, head: Head, context: ParseContext): ParseStep {
  if (size > context.maxBodyBytes) return invalid(`content-length ${size}, above ${context.maxBodyBytes}`);
  const end = start + size;
  if (bytes.length >= end) return complete(head, bytes.subarray(start, end), 'content-length', end);
  return context.ended
    ? invalid(`connection closed after ${bytes.length - start} of ${size} body bytes`)
    : INCOMPLETE;
}

function readChunks(bytes: Buffer, start: number, head: Head, context: ParseContext): ParseStep {
  const chunks: Buffer[] = [];
  let bodyBytes = 0;
  let at = start;
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd === -1) return context.ended ? invalid('connection closed within chunks') : INCOMPLETE;
    const hex = /^([0-9a-fA-F]{1,8})(?:;.*)?$/.exec(bytes.toString('latin1', at, lineEnd))?.[1];
    if (hex === undefined) return invalid('not a chunk size');
    const size = Number.parseInt(hex, 16);
    const end = lineEnd + 2 + size;
    bodyBytes += size;
    if (bodyBytes > context.maxBodyBytes) return invalid(`a body of more than ${context.maxBodyBytes} bytes`);
    if (bytes.length < end + 2)
      return context.ended ? invalid('connection closed within a chunk') : INCOMPLETE;
    // Trailers are refused: no target here has cause to send them.
    if (bytes.toString('latin1', end, end + 2) !== '\r\n')
      return invalid('a chunk that is longer than its size');
    if (size === 0) return complete(head, Buffer.concat(chunks), 'chunked', end + 2);
    chunks.push(bytes.subarray(lineEnd + 2, end));
    at = end + 2;
  }
}

function complete(head: Head, body: Buffer, framing: WireResponse['framing'], usedBytes: number): ParseStep {
  return { kind: 'complete', response: { ...head, body, framing }, usedBytes };
}

function invalid(why: string): ParseStep {
  return { kind: 'invalid', why };
}
