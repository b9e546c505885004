import { describe, expect, it } from 'vitest';
import { type PlotLine, valueAt } from '../../../../harness/reporters/html/client/line.ts';

const line: PlotLine = {
  label: 'a',
  colour: '#000',
  dash: 'solid',
  points: [
    [0, 10],
    [2, 20],
    [2, 30],
    [4, 50],
  ],
};

describe('the value of a line at a cursor', () => {
  it('is that of a point, or lies between its two neighbours', () => {
    expect([0, 1, 3, 4].map((x) => valueAt(line, x))).toEqual([10, 15, 40, 50]);
  });

  it('does not exist outside the line: nothing is made up', () => {
    expect(valueAt(line, -0.1)).toBeNull();
    expect(valueAt(line, 4.1)).toBeNull();
    expect(valueAt({ ...line, points: [] }, 0)).toBeNull();
  });

  it('is defined where a line jumps', () => {
    expect(valueAt(line, 2)).toBe(20);
  });
});
