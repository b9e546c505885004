import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type BodyCheck, BodySampler } from '../../harness/engine/body-check.ts';

const BODY = Buffer.from(Array.from({ length: 3_000 }, (_, i) => (i * 31 + 7) % 256));
const EXPECTED = {
  status: 200,
  bodyBytes: BODY.length,
  bodySha256: createHash('sha256').update(BODY).digest('hex'),
};

/** The next check that the sampler asks for. */
function nextCheck(sampler: BodySampler): BodyCheck {
  for (let i = 0; i < 1_000; i++) {
    const check = sampler.next();
    if (check !== null) return check;
  }
  throw new Error('no check in 1,000 responses');
}

/** Feeds a body in pieces that stand somewhere in a larger buffer. */
function verdict(check: BodyCheck, body: Buffer, pieceBytes = 700): boolean {
  for (let at = 0; at < body.length; at += pieceBytes) {
    const piece = body.subarray(at, at + pieceBytes);
    check.bytes(Buffer.concat([Buffer.from('xx'), piece, Buffer.from('x')]), 2, 2 + piece.length);
  }
  return check.isRight();
}

function flipped(at: number): Buffer {
  const copy = Buffer.from(BODY);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

describe('the sample of bodies that are checked', () => {
  it('is more than 1 % of the responses, and the same for the same seed', () => {
    const chosen = (seed: number): number[] => {
      const sampler = new BodySampler(EXPECTED, seed);
      return Array.from({ length: 100_000 }, (_, i) => (sampler.next() === null ? -1 : i)).filter(
        (i) => i >= 0,
      );
    };
    expect(chosen(1).length).toBeGreaterThan(1_000);
    expect(chosen(1).length).toBeLessThan(2_500);
    expect(chosen(1)).toEqual(chosen(1));
    expect(chosen(2)).not.toEqual(chosen(1));
  });

  it('has no period that a target could fall in step with', () => {
    const sampler = new BodySampler(EXPECTED, 5);
    const residues = new Set<number>();
    for (let i = 0; i < 20_000; i++) if (sampler.next() !== null) residues.add(i % 64);
    expect(residues.size).toBe(64);
  });

  it('is empty where no bytes are expected', () => {
    const sampler = new BodySampler({ ...EXPECTED, bodySha256: null }, 1);
    expect(Array.from({ length: 1_000 }, () => sampler.next()).every((check) => check === null)).toBe(true);
  });
});

describe.each([
  ['by its hash', 0],
  ['by comparison, once one was right', 1],
] as const)('a body is checked %s', (_how, rightOnesBefore) => {
  const check = (body: Buffer, expected = EXPECTED): boolean => {
    const sampler = new BodySampler(expected, 1);
    for (let i = 0; i < rightOnesBefore; i++) expect(verdict(nextCheck(sampler), BODY)).toBe(true);
    expect(sampler.reference === null).toBe(rightOnesBefore === 0);
    return verdict(nextCheck(sampler), body);
  };

  it('and is right', () => expect(check(BODY)).toBe(true));
  it.each([0, 1, 699, 700, 1_500, 2_999])('and is wrong by one bit at byte %i', (at) =>
    expect(check(flipped(at))).toBe(false),
  );
  it('and is wrong when it is short', () => expect(check(BODY.subarray(0, -1))).toBe(false));
  it('and is wrong when it is long', () =>
    expect(check(Buffer.concat([BODY, Buffer.from('x')]))).toBe(false));
  it('and is wrong when it is empty', () => expect(check(Buffer.alloc(0))).toBe(false));
});

describe('the reference', () => {
  it('is never taken from a wrong body', () => {
    const sampler = new BodySampler(EXPECTED, 1);
    expect(verdict(nextCheck(sampler), flipped(10))).toBe(false);
    expect(sampler.reference).toBeNull();
    expect(verdict(nextCheck(sampler), BODY)).toBe(true);
    expect(sampler.reference?.equals(BODY)).toBe(true);
  });

  it('is not kept where the length is unknown, and every sampled body is hashed', () => {
    const sampler = new BodySampler({ ...EXPECTED, bodyBytes: null }, 1);
    expect(verdict(nextCheck(sampler), BODY)).toBe(true);
    expect(sampler.reference).toBeNull();
    expect(verdict(nextCheck(sampler), flipped(3))).toBe(false);
  });
});
