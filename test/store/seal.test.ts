import { describe, expect, it } from 'vitest';
import { checkSeal, seal } from '../../harness/store/seal.ts';

const sealed = seal(JSON.stringify({ a: 1, text: '"contentSha256"', list: [{}] }, null, 1));

describe('the seal of a record', () => {
  it('S16: leaves it JSON, with one member more', () => {
    expect(JSON.parse(sealed)).toEqual({
      a: 1,
      text: '"contentSha256"',
      list: [{}],
      contentSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('S16: breaks with any single changed byte, and with formatting', () => {
    expect(checkSeal(sealed)).toBe('intact');
    for (let at = 0; at < sealed.length; at++) {
      const code = sealed.charCodeAt(at) ^ 1;
      const flipped = sealed.slice(0, at) + String.fromCharCode(code) + sealed.slice(at + 1);
      expect(checkSeal(flipped), `byte ${at}`).not.toBe('intact');
    }
    expect(checkSeal(JSON.stringify(JSON.parse(sealed)))).toBe('broken');
    expect(checkSeal(`${sealed} `)).toBe('broken');
  });

  it('is none where there never was one, even if a value speaks of it', () => {
    expect(checkSeal(JSON.stringify({ text: '"contentSha256"' }, null, 1))).toBe('none');
  });
});
