import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  linearScale,
  linearTicks,
  logScale,
  logTicks,
} from '../../../../harness/reporters/html/client/scale.ts';

const pixels = { low: 100, high: 500 };

describe('a linear scale', () => {
  it('maps the ends of its span to the ends of its pixels', () => {
    const scale = linearScale({ low: -2, high: 8 }, pixels);
    expect([scale.toPixel(-2), scale.toPixel(3), scale.toPixel(8)]).toEqual([100, 300, 500]);
  });

  it('runs downwards where the pixels do', () => {
    const scale = linearScale({ low: 0, high: 10 }, { low: 300, high: 0 });
    expect([scale.toPixel(0), scale.toPixel(10)]).toEqual([300, 0]);
  });

  it('finds back every value from its pixel', () => {
    fc.assert(
      fc.property(fc.double({ min: -50, max: 50, noNaN: true }), (value) => {
        const scale = linearScale({ low: -50, high: 50 }, pixels);
        expect(scale.toValue(scale.toPixel(value))).toBeCloseTo(value, 6);
      }),
    );
  });

  it('stands still where its span has no width', () => {
    const scale = linearScale({ low: 3, high: 3 }, pixels);
    expect(scale.toPixel(3)).toBe(100);
    expect(scale.ticks).toEqual([3]);
  });
});

describe('a logarithmic scale', () => {
  it('gives every decade the same room', () => {
    const scale = logScale({ low: 1, high: 10_000 }, pixels);
    expect([1, 10, 100, 1_000, 10_000].map((value) => scale.toPixel(value))).toEqual([
      100, 200, 300, 400, 500,
    ]);
  });

  it('finds back every value from its pixel', () => {
    const scale = logScale({ low: 50, high: 60_000_000 }, pixels);
    for (const value of [50, 85, 1_220, 1e6])
      expect(scale.toValue(scale.toPixel(value)) / value).toBeCloseTo(1, 9);
  });
});

describe('the marks of an axis', () => {
  it('are round numbers', () => {
    expect(linearTicks({ low: 0, high: 147_000 })).toEqual([0, 50_000, 100_000]);
    expect(linearTicks({ low: -2, high: 7 })).toEqual([-2, 0, 2, 4, 6]);
    expect(linearTicks({ low: 0, high: 0.9 }).map((tick) => tick.toFixed(1))).toEqual([
      '0.0',
      '0.2',
      '0.4',
      '0.6',
      '0.8',
    ]);
  });

  it('are few, and within the span', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.double({ min: 0.001, max: 1e6, noNaN: true }),
        (low, size) => {
          const ticks = linearTicks({ low, high: low + size });
          expect(ticks.length).toBeLessThanOrEqual(8);
          for (const tick of ticks) {
            expect(tick).toBeGreaterThanOrEqual(low - size * 1e-6);
            expect(tick).toBeLessThanOrEqual(low + size * (1 + 1e-6));
          }
        },
      ),
    );
  });

  it('of a logarithmic axis are 1, 2 and 5 in each decade, or powers of ten where there are many', () => {
    expect(logTicks({ low: 90, high: 2_100 })).toEqual([100, 200, 500, 1_000, 2_000]);
    expect(logTicks({ low: 1, high: 1e6 })).toEqual([1, 10, 100, 1_000, 10_000, 100_000, 1_000_000]);
  });
});
