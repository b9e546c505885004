import { describe, expect, it } from 'vitest';
import { axisText } from '../../../harness/reporters/charts/axis-text.ts';
import { looksOf } from '../../../harness/reporters/charts/style.ts';
import { ninesLabel, ninesOf } from '../../../harness/reporters/charts/latency.ts';
import { percentileCurve, session } from '../fixtures.ts';

describe('looks', () => {
  it('differ between any two of 24 targets, and belong to the target, not to its rank', () => {
    const first = session().targets[0];
    const targets =
      first === undefined ? [] : Array.from({ length: 24 }, (_, index) => ({ ...first, id: `t${index}` }));
    const lookOf = looksOf(session({ targets }));
    const looks = targets.map(({ id }) => `${lookOf(id).colour} ${lookOf(id).dash}`);
    expect(new Set(looks).size).toBe(24);
  });
});

describe('marks of an axis', () => {
  it.each([
    ['1.00 ms', '1 ms'],
    ['2.50 ms', '2.5 ms'],
    ['30,000', '30,000'],
    ['100 µs', '100 µs'],
    ['0.00', '0'],
    ['0 B', '0'],
    ['0.50', '0.5'],
    ['8.00 MiB', '8 MiB'],
  ])('show %s as %s', (text, expected) => {
    expect(axisText(text)).toBe(expected);
  });

  it('name the nines', () => {
    expect([0, 1, 2, 3, 4].map(ninesLabel)).toEqual(['0 %', '90 %', '99 %', '99.9 %', '99.99 %']);
  });
});

describe('nines', () => {
  it('are finite: the largest sample lies at no percentile', () => {
    const nines = ninesOf(percentileCurve(100, 2)).map(([position]) => position);
    expect(nines.every(Number.isFinite)).toBe(true);
    expect(Math.max(...nines)).toBeLessThanOrEqual(Math.log10(1_000_000 / 6.62));
  });
});
