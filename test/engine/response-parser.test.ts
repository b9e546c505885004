import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HeadMemory } from '../../harness/engine/head-memory.ts';
import { MAX_HEAD_BYTES } from '../../harness/engine/parse-fault.ts';
import { COMPLETE, NEED_MORE, OVERSIZE, ResponseParser } from '../../harness/engine/response-parser.ts';
import { GOOD_RESPONSES, HOSTILE_RESPONSES, INTERIM, parsePieces, parseText } from './response-samples.ts';

const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1');

/** Cuts bytes at the given places. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [...new Set(places)]
    .filter((place) => place > 0 && place < bytes.length)
    .toSorted((a, b) => a - b);
  return [0, ...sorted].map((place, index) => bytes.subarray(place, sorted[index] ?? bytes.length));
}

describe('a well-formed response', () => {
  it.each(GOOD_RESPONSES)('is understood: $name', ({ text, status, body, keepAlive, setting }) => {
    expect(parseText(text, setting)).toEqual({
      kind: 'complete',
      fault: null,
      status,
      body,
      bodyBytes: body.length,
      keepAlive,
      taken: text.length,
    });
  });

  it.each(GOOD_RESPONSES)('is the same wherever it is cut: $name', ({ text, setting }) => {
    const whole = parseText(text, setting);
    const bytes = bytesOf(text);
    for (let at = 1; at < bytes.length; at++) expect(parsePieces(cut(bytes, [at]), setting)).toEqual(whole);
    const single = Array.from({ length: bytes.length }, (_, at) => at);
    expect(parsePieces(cut(bytes, single), setting)).toEqual(whole);
  });

  it('is the same however many times it is cut', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...GOOD_RESPONSES),
        fc.array(fc.nat({ max: 400 }), { maxLength: 12 }),
        ({ text, setting }, places) => {
          expect(parsePieces(cut(bytesOf(text), places), setting)).toEqual(parseText(text, setting));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is not complete before its last byte', () => {
    for (const { text, setting } of GOOD_RESPONSES) {
      if (setting?.closes === true) continue;
      const bytes = bytesOf(text);
      for (let length = 0; length < bytes.length; length++) {
        expect(parsePieces([bytes.subarray(0, length)], setting).kind).toBe('incomplete');
      }
    }
  });

  it('leaves alone the bytes that follow it', () => {
    for (const { text, setting } of GOOD_RESPONSES) {
      if (setting?.closes === true) continue;
      expect(parseText(`${text}HTTP/1.1`, setting)).toMatchObject({ kind: 'complete', taken: text.length });
    }
  });

  it('round-trips any body in any chunks', () => {
    const chunk = fc.uint8Array({ minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 8 }), fc.array(fc.nat({ max: 500 })), (chunks, places) => {
        const framed = chunks.map((data) =>
          Buffer.concat([bytesOf(`${data.length.toString(16)}\r\n`), data, bytesOf('\r\n')]),
        );
        const head = bytesOf('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
        const parsed = parsePieces(cut(Buffer.concat([head, ...framed, bytesOf('0\r\n\r\n')]), places));
        expect(parsed.kind).toBe('complete');
        expect(parsed.body).toBe(Buffer.concat(chunks).toString('latin1'));
      }),
      { numRuns: 200 },
    );
  });
});

describe('a hostile response', () => {
  it.each(HOSTILE_RESPONSES)('is refused: $name', ({ text, fault }) => {
    expect(parseText(text)).toMatchObject({ kind: 'fault', fault });
  });

  it.each(HOSTILE_RESPONSES.filter(({ text }) => text.length < 500))(
    'is refused wherever it is cut: $name',
    ({ text, fault }) => {
      const bytes = bytesOf(text);
      for (let at = 1; at < bytes.length; at++) {
        expect(parsePieces(cut(bytes, [at]))).toMatchObject({ kind: 'fault', fault });
      }
    },
  );

  it('F17 endless headers: is refused within one read beyond 64 KiB', () => {
    const head = 'HTTP/1.1 200 OK\r\nx: ';
    const pieces = [bytesOf(head), ...Array.from({ length: 100 }, () => Buffer.alloc(16_384, 'a'))];
    const parsed = parsePieces(pieces);
    expect(parsed).toMatchObject({ kind: 'fault', fault: 'header-overflow' });
    expect(parsed.taken).toBeLessThanOrEqual(MAX_HEAD_BYTES + 16_384);
  });

  it('F15 interim responses: counts their headers into the same bound', () => {
    const fat = INTERIM.replace('\r\n\r\n', `\r\nx: ${'a'.repeat(8_000)}\r\n\r\n`);
    expect(parseText(fat.repeat(12))).toMatchObject({ kind: 'fault', fault: 'header-overflow' });
  });

  it('never throws, never takes more than there is, and says the same however it is cut', () => {
    const alphabet = fc.constantFrom(
      'HTTP/1.1 200 OK\r\n',
      'content-length: 3\r\n',
      'transfer-encoding: chunked\r\n',
      'connection: close\r\n',
      '\r\n',
      '\r',
      '\n',
      '5\r\nhello\r\n',
      '0\r\n',
      'HTTP/1.1 103 x\r\n\r\n',
      ' ',
      ':',
      'abc',
      '\0',
      '\xff',
    );
    fc.assert(
      fc.property(fc.array(alphabet, { maxLength: 15 }), fc.array(fc.nat({ max: 200 })), (words, places) => {
        const bytes = bytesOf(words.join(''));
        const whole = parsePieces([bytes]);
        expect(whole.taken).toBeLessThanOrEqual(bytes.length);
        const { kind, fault, body, taken } = parsePieces(cut(bytes, places));
        expect({ kind, fault, body, taken }).toEqual({
          kind: whole.kind,
          fault: whole.fault,
          body: whole.body,
          taken: whole.taken,
        });
      }),
      { numRuns: 2_000 },
    );
  });

  it('S19 random bytes: always ends in a verdict or in want of more', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const parsed = parsePieces([Buffer.concat([bytesOf('HTTP/1.1 200 OK\r\n'), bytes])]);
        expect(['complete', 'fault', 'oversize', 'incomplete']).toContain(parsed.kind);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a body that is longer than anyone waits for', () => {
  it('F17 declared length: ends at the headers', () => {
    const parsed = parseText('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nabc', { bodyLimitBytes: 10 });
    expect(parsed).toMatchObject({ kind: 'oversize', status: 200, bodyBytes: 0, body: '' });
  });

  it('F17 endless body: ends with the piece that passes the limit', () => {
    const head = bytesOf('HTTP/1.1 200 OK\r\n\r\n');
    const pieces = [head, ...Array.from({ length: 50 }, () => Buffer.alloc(100))];
    expect(parsePieces(pieces, { bodyLimitBytes: 1_024 })).toMatchObject({
      kind: 'oversize',
      bodyBytes: 1_100,
    });
  });

  it('F17 endless chunks: ends with the chunk that passes the limit', () => {
    const text = `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${'a\r\n0123456789\r\n'.repeat(100)}`;
    expect(parseText(text, { bodyLimitBytes: 25 })).toMatchObject({ kind: 'oversize', bodyBytes: 30 });
  });

  it('is read to its end while it keeps to the limit', () => {
    const text = 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n0123456789';
    expect(parseText(text, { bodyLimitBytes: 10 }).kind).toBe('complete');
    expect(parseText(text, { bodyLimitBytes: 9 }).kind).toBe('oversize');
  });

  it('is bounded by its status', () => {
    const parser = new ResponseParser({
      isHead: false,
      memory: new HeadMemory(),
      bodyLimitBytes: (status) => (status === 200 ? 2 : 100),
    });
    const wrong = bytesOf('HTTP/1.1 500 Oops\r\ncontent-length: 4\r\n\r\noops');
    expect(parser.parse(wrong, 0, wrong.length, null)).toBe(COMPLETE);
    const right = bytesOf('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\noops');
    expect(parser.parse(right, 0, right.length, null)).toBe(OVERSIZE);
  });
});

describe('a head that is remembered', () => {
  it('means what it meant when it was parsed, whatever came before', () => {
    const anyText = fc.constantFrom(
      ...GOOD_RESPONSES,
      ...HOSTILE_RESPONSES.filter(({ text }) => text.length < 500),
    );
    fc.assert(
      fc.property(fc.array(anyText, { minLength: 1, maxLength: 6 }), (samples) => {
        const memory = new HeadMemory();
        for (const sample of samples) {
          const setting = 'setting' in sample ? (sample.setting ?? {}) : {};
          const cold = parseText(sample.text, setting);
          expect(parseText(sample.text, { ...setting, memory })).toEqual(cold);
          expect(parseText(sample.text, { ...setting, memory })).toEqual(cold);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is not taken for a head that only begins like it, or is longer or cut', () => {
    const text = 'HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc';
    for (const other of [
      text.replace('length: 3', 'length: 2'),
      text.replace('200', '201'),
      text.replace('\r\n\r\n', '\r\nconnection: close\r\n\r\n'),
      text.slice(0, 20),
      text.slice(0, -4),
    ]) {
      const memory = new HeadMemory();
      parseText(text, { memory });
      expect(parseText(other, { memory })).toEqual(parseText(other));
    }
  });

  it('is the last whole one, however short-lived', () => {
    const memory = new HeadMemory();
    const head = Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n');
    parsePieces([Buffer.concat([head, Buffer.from('abc')])], { memory });
    expect(memory.match(head, 0, head.length)).toBe(head.length);
    expect(memory.match(head, 0, head.length - 1)).toBe(0);
    expect(memory.status).toBe(200);
  });
});

describe('a stream of responses', () => {
  const one = 'HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc';

  it('is told apart, one response a call', () => {
    const parser = new ResponseParser({ isHead: false, memory: new HeadMemory(), bodyLimitBytes: () => 100 });
    const bytes = bytesOf(
      GOOD_RESPONSES.slice(0, 6)
        .map(({ text }) => text)
        .join(''),
    );
    const statuses: number[] = [];
    for (let from = 0; from < bytes.length; from = parser.position) {
      expect(parser.parse(bytes, from, bytes.length, null)).toBe(COMPLETE);
      statuses.push(parser.status);
    }
    expect(statuses).toEqual([200, 200, 404, 200, 200, 200]);
  });

  it.each([
    ['', 'between'],
    [one, 'between'],
    [one.slice(0, 1), 'within'],
    [one.slice(0, -1), 'within'],
    [one + one.slice(0, 9), 'within'],
    [INTERIM, 'between'],
    ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n', 'within'],
    ['HTTP/1.1 200 OK\r\n\r\nabc', 'complete'],
  ] as const)('that ends after %j ends %s responses', (text, end) => {
    const parser = new ResponseParser({ isHead: false, memory: new HeadMemory(), bodyLimitBytes: () => 100 });
    const bytes = bytesOf(text);
    let event = 0;
    for (let from = 0; from < bytes.length; from = parser.position) {
      event = parser.parse(bytes, from, bytes.length, null);
      if (event === NEED_MORE) break;
    }
    expect(parser.end()).toBe(end);
  });

  it('begins anew after a reset in the midst of anything', () => {
    for (const { text } of [
      ...GOOD_RESPONSES,
      ...HOSTILE_RESPONSES.filter(({ text: t }) => t.length < 500),
    ]) {
      for (let length = 0; length <= text.length; length += 7) {
        const parser = new ResponseParser({
          isHead: false,
          memory: new HeadMemory(),
          bodyLimitBytes: () => 100,
        });
        parser.parse(bytesOf(text), 0, length, null);
        parser.reset();
        expect(parser.parse(bytesOf(one), 0, one.length, null)).toBe(COMPLETE);
        expect([parser.status, parser.bodyBytes, parser.keepAlive, parser.fault]).toEqual([
          200,
          3,
          true,
          null,
        ]);
      }
    }
  });
});
