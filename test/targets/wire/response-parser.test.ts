import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ParseContext,
  type ParseStep,
  parseResponse,
} from '../../../harness/targets/wire/response-parser.ts';

const usual: ParseContext = { method: 'GET', maxBodyBytes: 1_000, ended: false };

function parse(text: string, context: Partial<ParseContext> = {}): ParseStep {
  return parseResponse(Buffer.from(text, 'latin1'), { ...usual, ...context });
}

function bodyOf(step: ParseStep): string {
  return step.kind === 'complete' ? step.response.body.toString('latin1') : step.kind;
}

const sized = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A:  one \r\n\r\nhello';
const chunked =
  'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n';

describe('a response', () => {
  it('has its status, its headers in lower case and trimmed, and its body', () => {
    const step = parse(sized);
    expect(step).toMatchObject({
      kind: 'complete',
      usedBytes: sized.length,
      response: { status: 200, framing: 'content-length' },
    });
    expect(step.kind === 'complete' && [...step.response.headers]).toEqual([
      ['content-length', '5'],
      ['x-a', 'one'],
    ]);
    expect(bodyOf(step)).toBe('hello');
  });

  it('ends where its content-length says, and the next one begins', () => {
    expect(parse(`${sized}HTTP/1.1 404`)).toMatchObject({ kind: 'complete', usedBytes: sized.length });
  });

  it('may come in chunks', () => {
    expect(bodyOf(parse(chunked))).toBe('hello world');
    expect(parse(`${chunked}rest`)).toMatchObject({
      usedBytes: chunked.length,
      response: { framing: 'chunked' },
    });
  });

  it('may end with the connection', () => {
    const text = 'HTTP/1.1 200 OK\r\n\r\nhello';
    expect(parse(text).kind).toBe('incomplete');
    expect(parse(text, { ended: true })).toMatchObject({ response: { framing: 'until-close' } });
  });

  it.each(['HEAD', 'GET'])('to %s with 204 or 304 has no body; to HEAD none at all', (method) => {
    const status = method === 'HEAD' ? '200 OK' : '304 Not Modified';
    const step = parse(`HTTP/1.1 ${status}\r\ncontent-length: 5\r\n\r\n`, { method });
    expect(step).toMatchObject({ kind: 'complete', response: { framing: 'none' } });
  });

  it('joins a header that is repeated', () => {
    const step = parse('HTTP/1.1 204 No Content\r\nx: 1\r\nX: 2\r\n\r\n');
    expect(step.kind === 'complete' && step.response.headers.get('x')).toBe('1, 2');
  });

  it('may have an empty reason', () => {
    expect(parse('HTTP/1.1 204 \r\n\r\n').kind).toBe('complete');
    expect(parse('HTTP/1.1 204\r\n\r\n').kind).toBe('complete');
  });

  it.each([sized, chunked])('is incomplete until its last byte, wherever it is cut', (text) => {
    for (let cut = 0; cut < text.length; cut++) expect(parse(text.slice(0, cut)).kind).toBe('incomplete');
  });
});

describe('what is invalid', () => {
  it.each([
    ['another protocol', 'HTTP/2 200\r\n\r\n', 'not an HTTP/1.1 status line'],
    ['HTTP/1.0', 'HTTP/1.0 200 OK\r\n\r\n', 'not an HTTP/1.1 status line'],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n', 'not an HTTP/1.1 status line'],
    ['a space before the colon', 'HTTP/1.1 200 OK\r\nname : x\r\n\r\n', 'not a header'],
    ['a folded header', 'HTTP/1.1 200 OK\r\na: b\r\n c\r\n\r\n', 'not a header'],
    ['a bare line feed in a header', 'HTTP/1.1 200 OK\r\na: b\nc: d\r\n\r\n', 'not a header'],
    [
      'two lengths',
      'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 1\r\n\r\nx',
      'two content-length',
    ],
    ['a negative length', 'HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n', 'content-length: -1'],
    ['a signed length', 'HTTP/1.1 200 OK\r\ncontent-length: +1\r\n\r\nx', 'content-length: +1'],
    [
      'S14 length and chunks',
      'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n',
      'both',
    ],
    ['another coding', 'HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\n', 'transfer-encoding: gzip'],
    [
      'a chunk size that is none',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n',
      'not a chunk size',
    ],
    [
      'a chunk beyond its size',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nabc\r\n',
      'longer than its size',
    ],
    ['F15 an interim response', 'HTTP/1.1 103 Early Hints\r\n\r\n', 'interim response (103)'],
    [
      'F17 a body above the limit',
      'HTTP/1.1 200 OK\r\ncontent-length: 1001\r\n\r\n',
      'content-length 1001, above 1000',
    ],
    [
      'F17 chunks above the limit',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3e9\r\n',
      'more than 1000',
    ],
    ['F17 an unending body', `HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(1_001)}`, 'more than 1000'],
    ['F17 endless headers', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(70_000)}`, 'headers of more than 65536'],
  ])('is %s', (_what, text, why) => {
    expect(parse(text)).toMatchObject({ kind: 'invalid', why: expect.stringContaining(why) });
  });

  it.each([
    ['F12 a connection closed without an answer', '', 'after 0 bytes of headers'],
    ['within the headers', 'HTTP/1.1 200', 'bytes of headers'],
    ['F13 within the body', sized.slice(0, -1), 'after 4 of 5 body bytes'],
    ['F13 within a chunk', chunked.slice(0, -12), 'within a chunk'],
    ['F13 between chunks', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5', 'within chunks'],
  ])('is what is cut off: %s', (_what, text, why) => {
    expect(parse(text, { ended: true })).toMatchObject({
      kind: 'invalid',
      why: expect.stringContaining(why),
    });
  });
});

describe('any bytes', () => {
  it('S19 are parsed without failing, and never beyond what came', () => {
    const pieces = fc.constantFrom(
      'HTTP/1.1 200 OK\r\n',
      '\r\n',
      'content-length: 3\r\n',
      'a: b\r\n',
      '3\r\nabc\r\n',
      '0\r\n\r\n',
      '\0',
    );
    const text = fc.array(fc.oneof(pieces, fc.string({ maxLength: 8 })), { maxLength: 12 });
    fc.assert(
      fc.property(text, fc.boolean(), (parts, ended) => {
        const bytes = Buffer.from(parts.join(''), 'latin1');
        const step = parseResponse(bytes, { ...usual, ended });
        if (step.kind === 'complete') expect(step.usedBytes).toBeLessThanOrEqual(bytes.length);
        if (ended) expect(step.kind).not.toBe('incomplete');
      }),
      { numRuns: 2_000 },
    );
  });

  it('of a body come through unchanged, in chunks of any size', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 80 }), { maxLength: 10 }), (parts) => {
        const head = Buffer.from('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
        const chunks = parts.flatMap((part) => [
          Buffer.from(`${part.length.toString(16)}\r\n`),
          part,
          Buffer.from('\r\n'),
        ]);
        const step = parseResponse(Buffer.concat([head, ...chunks, Buffer.from('0\r\n\r\n')]), usual);
        expect(step.kind === 'complete' && step.response.body.equals(Buffer.concat(parts))).toBe(true);
      }),
    );
  });
});
