import { HeadMemory } from '../../harness/engine/head-memory.ts';
import { ResponseParser } from '../../harness/engine/response-parser.ts';
import { COMPLETE, FAULT, OVERSIZE } from '../../harness/engine/response-parser.ts';

/** What a parser made of a whole stream of bytes, in plain words. */
export interface Parsed {
  kind: 'complete' | 'fault' | 'oversize' | 'incomplete';
  fault: string | null;
  status: number;
  bodyBytes: number;
  keepAlive: boolean;
  body: string;
  /** Bytes taken of the stream. */
  taken: number;
}

export interface ParseSetting {
  isHead?: boolean;
  bodyLimitBytes?: number;
  /** The peer closes after the last byte. */
  closes?: boolean;
  /** What the parser remembers of earlier responses. */
  memory?: HeadMemory;
}

/** Parses one response that arrives in the given pieces. Each piece lies at an offset of its own, in foreign bytes. */
export function parsePieces(pieces: readonly Uint8Array[], setting: ParseSetting = {}): Parsed {
  const { isHead = false, bodyLimitBytes = 1_000_000, closes = false, memory = new HeadMemory() } = setting;
  const parser = new ResponseParser({ isHead, memory, bodyLimitBytes: () => bodyLimitBytes });
  const parts: Buffer[] = [];
  const sink = {
    bytes: (chunk: Uint8Array, from: number, to: number) =>
      void parts.push(Buffer.from(chunk.slice(from, to))),
  };
  let taken = 0;
  let kind: Parsed['kind'] = 'incomplete';
  for (const piece of pieces) {
    const offset = 3;
    const chunk = Buffer.concat([Buffer.from('\r\n0'), piece, Buffer.from('\r\n0')]);
    const event = parser.parse(chunk, offset, offset + piece.length, sink);
    taken += parser.position - offset;
    if (event === COMPLETE) kind = 'complete';
    else if (event === FAULT) kind = 'fault';
    else if (event === OVERSIZE) kind = 'oversize';
    if (kind !== 'incomplete') break;
  }
  if (kind === 'incomplete' && closes && parser.end() === 'complete') kind = 'complete';
  const { fault, status, bodyBytes, keepAlive } = parser;
  return { kind, fault, status, bodyBytes, keepAlive, body: Buffer.concat(parts).toString('latin1'), taken };
}

export function parseText(text: string, setting: ParseSetting = {}): Parsed {
  return parsePieces([Buffer.from(text, 'latin1')], setting);
}

const repeat = (text: string, times: number): string => text.repeat(times);
export const INTERIM = 'HTTP/1.1 103 Early Hints\r\nlink: </a.css>; rel=preload\r\n\r\n';

/** Well-formed responses of many shapes, with what they are. */
export const GOOD_RESPONSES: ReadonlyArray<{
  name: string;
  text: string;
  status: number;
  body: string;
  keepAlive: boolean;
  setting?: ParseSetting;
}> = [
  {
    name: 'a plain body',
    text: 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello',
    status: 200,
    body: 'hello',
    keepAlive: true,
  },
  {
    name: 'no reason phrase',
    text: 'HTTP/1.1 200\r\ncontent-length: 0\r\n\r\n',
    status: 200,
    body: '',
    keepAlive: true,
  },
  {
    name: 'an empty reason phrase',
    text: 'HTTP/1.1 404 \r\nContent-Length: 1\r\n\r\nx',
    status: 404,
    body: 'x',
    keepAlive: true,
  },
  {
    name: 'odd case and padding',
    text: 'HTTP/1.1 200 OK\r\nCoNtEnT-LeNgTh:\t 3 \t\r\nX:\r\n\r\nabc',
    status: 200,
    body: 'abc',
    keepAlive: true,
  },
  {
    name: 'names that begin like known ones',
    text: 'HTTP/1.1 200 OK\r\ncontent: a\r\ncontent-lengths: 9\r\nconn: b\r\ncontent-encoding: c\r\nconnections: close\r\ntransfer: d\r\ncontent-length: 2\r\n\r\nok',
    status: 200,
    body: 'ok',
    keepAlive: true,
  },
  {
    name: 'latin1 in a value',
    text: 'HTTP/1.1 200 \xfcber\r\nx: \xe4\xf6\r\ncontent-length: 1\r\n\r\n\xff',
    status: 200,
    body: '\xff',
    keepAlive: true,
  },
  {
    name: 'a close',
    text: 'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 1\r\n\r\nx',
    status: 200,
    body: 'x',
    keepAlive: false,
  },
  {
    name: 'a close among other options',
    text: 'HTTP/1.1 200 OK\r\nConnection: upgrade , CLOSE\r\ncontent-length: 1\r\n\r\nx',
    status: 200,
    body: 'x',
    keepAlive: false,
  },
  {
    name: 'an option that only begins like close',
    text: 'HTTP/1.1 200 OK\r\nconnection: closed, clos\r\ncontent-length: 1\r\n\r\nx',
    status: 200,
    body: 'x',
    keepAlive: true,
  },
  {
    name: 'HTTP/1.0',
    text: 'HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\nx',
    status: 200,
    body: 'x',
    keepAlive: false,
  },
  {
    name: 'HTTP/1.0 with keep-alive',
    text: 'HTTP/1.0 200 OK\r\nconnection: Keep-Alive\r\ncontent-length: 1\r\n\r\nx',
    status: 200,
    body: 'x',
    keepAlive: true,
  },
  {
    name: 'chunks',
    text: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n',
    status: 200,
    body: 'hello world',
    keepAlive: true,
  },
  {
    name: 'chunks with extensions, padded sizes and trailers',
    text: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked \r\n\r\n0005;a=b;c="d"\r\nhello\r\nA\r\n0123456789\r\n0;last\r\nx-sum: 1\r\ny: 2\r\n\r\n',
    status: 200,
    body: 'hello0123456789',
    keepAlive: true,
  },
  {
    name: 'an empty chunked body',
    text: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    status: 200,
    body: '',
    keepAlive: true,
  },
  {
    name: 'interim responses',
    text: `HTTP/1.1 100 Continue\r\n\r\n${INTERIM}HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\nok`,
    status: 201,
    body: 'ok',
    keepAlive: true,
  },
  {
    name: 'sixteen interim responses',
    text: `${repeat(INTERIM, 16)}HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx`,
    status: 200,
    body: 'x',
    keepAlive: true,
  },
  {
    name: '204 with a length',
    text: 'HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\n',
    status: 204,
    body: '',
    keepAlive: true,
  },
  {
    name: '304 without a length',
    text: 'HTTP/1.1 304 Not Modified\r\netag: "a"\r\n\r\n',
    status: 304,
    body: '',
    keepAlive: true,
  },
  {
    name: 'an answer to HEAD',
    text: 'HTTP/1.1 200 OK\r\ncontent-length: 1024\r\n\r\n',
    status: 200,
    body: '',
    keepAlive: true,
    setting: { isHead: true },
  },
  {
    name: 'a chunked answer to HEAD',
    text: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n',
    status: 200,
    body: '',
    keepAlive: true,
    setting: { isHead: true },
  },
  {
    name: 'a body until the close',
    text: 'HTTP/1.1 200 OK\r\nserver: x\r\n\r\nuntil the end',
    status: 200,
    body: 'until the end',
    keepAlive: false,
    setting: { closes: true },
  },
  {
    name: 'an empty body until the close',
    text: 'HTTP/1.1 200 OK\r\n\r\n',
    status: 200,
    body: '',
    keepAlive: false,
    setting: { closes: true },
  },
];

/** Responses that no client should trust, and the fault that each of them is. */
export const HOSTILE_RESPONSES: ReadonlyArray<{ name: string; text: string; fault: string }> = [
  {
    name: 'endless headers',
    text: `HTTP/1.1 200 OK\r\n${repeat('x-filler: 0123456789abcdef\r\n', 3_000)}`,
    fault: 'header-overflow',
  },
  {
    name: 'one endless header',
    text: `HTTP/1.1 200 OK\r\nx: ${repeat('a', 70_000)}`,
    fault: 'header-overflow',
  },
  {
    name: 'length and chunks',
    text: 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n',
    fault: 'ambiguous-length',
  },
  {
    name: 'chunks and length',
    text: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n',
    fault: 'ambiguous-length',
  },
  {
    name: 'two lengths',
    text: 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n',
    fault: 'content-length',
  },
  {
    name: 'the same length twice',
    text: 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 5\r\n\r\n',
    fault: 'content-length',
  },
  {
    name: 'a list of lengths',
    text: 'HTTP/1.1 200 OK\r\ncontent-length: 5, 5\r\n\r\n',
    fault: 'content-length',
  },
  {
    name: 'a negative length',
    text: 'HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n',
    fault: 'content-length',
  },
  { name: 'a signed length', text: 'HTTP/1.1 200 OK\r\ncontent-length: +5\r\n\r\n', fault: 'content-length' },
  {
    name: 'a length beyond counting',
    text: 'HTTP/1.1 200 OK\r\ncontent-length: 99999999999999999999\r\n\r\n',
    fault: 'content-length',
  },
  {
    name: 'a length in two words',
    text: 'HTTP/1.1 200 OK\r\ncontent-length: 1 2\r\n\r\n',
    fault: 'content-length',
  },
  { name: 'an empty length', text: 'HTTP/1.1 200 OK\r\ncontent-length: \r\n\r\n', fault: 'content-length' },
  {
    name: 'a hexadecimal length',
    text: 'HTTP/1.1 200 OK\r\ncontent-length: 0x5\r\n\r\n',
    fault: 'content-length',
  },
  {
    name: 'another transfer coding',
    text: 'HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n',
    fault: 'transfer-encoding',
  },
  {
    name: 'a coding that begins like chunked',
    text: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunkedx\r\n\r\n',
    fault: 'transfer-encoding',
  },
  {
    name: 'a coding cut short',
    text: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunk\r\n\r\n',
    fault: 'transfer-encoding',
  },
  {
    name: 'chunked twice',
    text: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n',
    fault: 'transfer-encoding',
  },
  {
    name: 'chunks in HTTP/1.0',
    text: 'HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n',
    fault: 'transfer-encoding',
  },
  {
    name: 'a chunk size that is no number',
    text: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n',
    fault: 'chunk-size',
  },
  {
    name: 'a negative chunk size',
    text: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n-1\r\n',
    fault: 'chunk-size',
  },
  {
    name: 'a chunk size beyond counting',
    text: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nfffffffffffff\r\n',
    fault: 'chunk-size',
  },
  {
    name: 'a chunk longer than its size',
    text: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabcd\r\n',
    fault: 'chunk-size',
  },
  {
    name: 'a chunk size that ends in a bare LF',
    text: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\nabc\r\n',
    fault: 'line-ending',
  },
  {
    name: 'endless chunk extensions',
    text: `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3;${repeat('a=b;', 5_000)}`,
    fault: 'chunk-extension-overflow',
  },
  {
    name: 'extensions spread over chunks',
    text: `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${repeat(`1;${repeat('e', 100)}\r\nx\r\n`, 200)}`,
    fault: 'chunk-extension-overflow',
  },
  {
    name: 'endless trailers',
    text: `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n${repeat('x-filler: 0123456789abcdef\r\n', 3_000)}`,
    fault: 'header-overflow',
  },
  { name: 'garbage', text: 'SSH-2.0-OpenSSH_9.6\r\n', fault: 'version' },
  { name: 'HTTP/0.9', text: '<html>hello</html>', fault: 'version' },
  { name: 'HTTP/2.0', text: 'HTTP/2.0 200 OK\r\n\r\n', fault: 'version' },
  { name: 'HTTP/1.2', text: 'HTTP/1.2 200 OK\r\n\r\n', fault: 'version' },
  { name: 'lower case', text: 'http/1.1 200 OK\r\n\r\n', fault: 'version' },
  { name: 'an empty line first', text: '\r\nHTTP/1.1 200 OK\r\n\r\n', fault: 'version' },
  { name: 'status 99', text: 'HTTP/1.1 099 What\r\n\r\n', fault: 'status' },
  { name: 'status 600', text: 'HTTP/1.1 600 What\r\n\r\n', fault: 'status' },
  { name: 'a status of two digits', text: 'HTTP/1.1 99 What\r\n\r\n', fault: 'status' },
  { name: 'a status of four digits', text: 'HTTP/1.1 2000 OK\r\n\r\n', fault: 'status' },
  {
    name: 'bare LF after the status line',
    text: 'HTTP/1.1 200 OK\ncontent-length: 0\n\n',
    fault: 'line-ending',
  },
  {
    name: 'bare LF after a header',
    text: 'HTTP/1.1 200 OK\r\ncontent-length: 0\n\r\n',
    fault: 'line-ending',
  },
  {
    name: 'bare LF as the last line',
    text: 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\n',
    fault: 'line-ending',
  },
  { name: 'a bare CR in a value', text: 'HTTP/1.1 200 OK\r\nx: a\rb\r\n\r\n', fault: 'line-ending' },
  { name: 'a folded header', text: 'HTTP/1.1 200 OK\r\nx: a\r\n b\r\n\r\n', fault: 'folded-header' },
  {
    name: 'a space before the colon',
    text: 'HTTP/1.1 200 OK\r\ncontent-length : 5\r\n\r\n',
    fault: 'header',
  },
  { name: 'a header without a colon', text: 'HTTP/1.1 200 OK\r\nnothing\r\n\r\n', fault: 'header' },
  { name: 'a header without a name', text: 'HTTP/1.1 200 OK\r\n: x\r\n\r\n', fault: 'header' },
  { name: 'NUL in a value', text: 'HTTP/1.1 200 OK\r\nx: a\0b\r\n\r\n', fault: 'header' },
  {
    name: 'an upgrade that nobody asked for',
    text: 'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n',
    fault: 'upgrade',
  },
  { name: 'endless interim responses', text: repeat(INTERIM, 17), fault: 'too-many-interim' },
];
