import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LogRing, printableLines } from '../../harness/targets/log-ring.ts';

function filled(capacityBytes: number, chunks: readonly string[]): LogRing {
  const ring = new LogRing(capacityBytes);
  for (const chunk of chunks) ring.push(Buffer.from(chunk));
  return ring;
}

describe('a log that fits', () => {
  it('is kept whole, line by line', () => {
    const ring = filled(1_024, ['one\ntw', 'o\nthree\n']);
    expect(ring.lastLines(10)).toEqual(['one', 'two', 'three']);
    expect(ring.droppedBytes).toBe(0);
  });

  it('shows no more lines than asked for, the last ones', () => {
    expect(filled(1_024, ['1\n2\n3\n4\n']).lastLines(2)).toEqual(['3', '4']);
  });

  it('of nothing has no lines', () => {
    expect(new LogRing().lastLines(5)).toEqual([]);
  });

  it('keeps the order across the border between beginning and end', () => {
    expect(filled(8, ['abcdef']).lastLines(5)).toEqual(['abcdef']);
  });
});

describe('a log that does not fit', () => {
  it('F34 keeps its beginning and its end, and says how much is gone', () => {
    const ring = filled(20, ['first line', 'x'.repeat(1_000), 'last  line']);
    expect(ring.droppedBytes).toBe(1_000);
    expect(ring.lastLines(10)).toEqual(['first line', '[1000 bytes of log dropped]', 'last  line']);
  });

  it('F34 costs the same memory for one chunk of 10 MB as for a million of 10 bytes', () => {
    const one = filled(1_000, ['y'.repeat(10_000_000)]);
    const many = new LogRing(1_000);
    const chunk = Buffer.from('y'.repeat(10));
    for (let i = 0; i < 1_000_000; i++) many.push(chunk);
    expect(many.droppedBytes).toBe(one.droppedBytes);
    expect(many.lastLines(9)).toEqual(one.lastLines(9));
  });

  it('keeps exactly the first and the last half of any sequence of chunks', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z]{0,30}$/)),
        fc.integer({ min: 1, max: 20 }),
        (chunks, half) => {
          const whole = chunks.join('');
          const ring = filled(half * 2, chunks);
          const expected =
            whole.length <= half * 2
              ? [whole].filter((line) => line !== '')
              : [
                  whole.slice(0, half),
                  `[${whole.length - half * 2} bytes of log dropped]`,
                  whole.slice(-half),
                ];
          expect(ring.lastLines(9)).toEqual(expected);
        },
      ),
    );
  });
});

describe('a hostile log', () => {
  it.each([
    ['colours', '\u001b[31mred\u001b[0m', 'red'],
    ['a terminal title', '\u001b]0;owned\u0007text', 'text'],
    ['carriage returns and bells', 'a\rb\u0007c', 'a b c'],
    ['bidirectional overrides', 'a\u202eb', 'a b'],
    ['line separators', 'a\u2028b', 'a b'],
  ])('S8 has %s taken out of its lines', (_what, line, expected) => {
    expect(printableLines(line)).toEqual([expected]);
  });

  it('has no line longer than a screen can bear', () => {
    expect(printableLines('z'.repeat(100_000))[0]?.length).toBeLessThanOrEqual(501);
  });

  it('of bytes that are no text is shown all the same', () => {
    const ring = new LogRing(64);
    ring.push(Uint8Array.from([0xff, 0xfe, 0x00, 0x41, 0x0a]));
    expect(ring.lastLines(1)[0]).toContain('A');
  });
});
