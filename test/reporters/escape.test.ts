import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  htmlText,
  markdownCode,
  markdownText,
  plainText,
  shellWord,
  shortText,
} from '../../harness/reporters/escape.ts';

const ESC = '\u001b';

describe('plain text', () => {
  it.each([
    ['a colour', `${ESC}[31mred${ESC}[0m`, 'red'],
    ['a window title ended by BEL', `${ESC}]0;title\u0007text`, 'text'],
    ['a link ended by ST', `${ESC}]8;;http://x${ESC}\\text${ESC}]8;;${ESC}\\`, 'text'],
    ['a device control string', `${ESC}P1$r${ESC}\\text`, 'text'],
    ['the 8-bit form of CSI', '\u009b2Jtext', 'text'],
    ['a reset', `${ESC}ctext`, 'text'],
    ['a lone escape at the end', `text${ESC}`, 'text'],
    ['line breaks of every kind', 'a\r\nb\u2028c\u0085d\te', 'a b c d e'],
    ['direction overrides and invisible characters', 'a\u202eb\u2066c\u200bd\ufeff', 'abcd'],
    ['a backspace', 'ab\u0008c', 'abc'],
  ])('S8 drops %s', (_, given, expected) => {
    expect(plainText(given)).toBe(expected);
  });

  it('leaves what people write as it is', () => {
    expect(plainText('Größe µs 日本語 🚀 ±3 %')).toBe('Größe µs 日本語 🚀 ±3 %');
  });

  it('S8 holds no control character, whatever it is given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        // oxlint-disable-next-line no-control-regex
        expect(plainText(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/);
      }),
    );
  });

  it('is cut with an ellipsis, never within a character', () => {
    expect(shortText('abcdef', 4)).toBe('abc…');
    expect(shortText('🚀🚀🚀', 2)).toBe('🚀…');
    expect(shortText('abcd', 4)).toBe('abcd');
  });
});

describe('Markdown text', () => {
  it.each([
    ['a | b', 'a \\| b'],
    ['`code`', '\\`code\\`'],
    ['<script>&', '&lt;script&gt;&amp;'],
    ['**bold** _em_', '\\*\\*bold\\*\\* \\_em\\_'],
    ['[x](y) ![i](y)', '\\[x\\](y) \\!\\[i\\](y)'],
    ['# heading', '\\# heading'],
    ['- item', '\\- item'],
    ['1. item', '1\\. item'],
    ['a\\', 'a\\\\'],
    ['$math$ ~~gone~~', '\\$math\\$ \\~\\~gone\\~\\~'],
  ])('S8 escapes %s', (given, expected) => {
    expect(markdownText(given)).toBe(expected);
  });

  it.each(['8.00 GiB', '0.1.0', 'TARGET_ERRORS', 'node-http', '1.9x (1.8–2.0)'])(
    'leaves %s alone',
    (text) => {
      expect(markdownText(text)).toBe(text);
    },
  );

  it('fences code with more backticks than it holds', () => {
    expect(markdownCode('a``b')).toBe('```a``b```');
    expect(markdownCode('`a|')).toBe('`` `a\\| ``');
  });
});

describe('HTML text', () => {
  it('S7 leaves nothing that opens a tag or ends an attribute', () => {
    expect(htmlText(`</script><img src=x onerror="x" a='b'>&`)).toBe(
      '&lt;/script&gt;&lt;img src=x onerror=&quot;x&quot; a=&#39;b&#39;&gt;&amp;',
    );
  });
});

describe('a shell word', () => {
  it.each([
    ['--rounds=3', '--rounds=3'],
    ['a b', "'a b'"],
    ['$(x)', "'$(x)'"],
    ["it's", `'it'\\''s'`],
    ['', "''"],
    ['a\nb', "'a b'"],
  ])('S12 quotes %j', (given, expected) => {
    expect(shellWord(given)).toBe(expected);
  });
});
