import { describe, expect, it } from 'vitest';
import {
  atLeast,
  atMost,
  figure,
  formatValue,
  goalText,
  missingFigure,
  valueText,
  verdictOf,
} from '../../../tools/bench/figure.ts';

describe('a figure and its goal', () => {
  it.each([
    { samples: [0.9, 1.1, 1.2], goal: atLeast(1), verdict: 'met' },
    { samples: [0.9, 0.99, 1.2], goal: atLeast(1), verdict: 'missed' },
    { samples: [1, 1, 1], goal: atLeast(1), verdict: 'met' },
    { samples: [4, 5, 90], goal: atMost(5), verdict: 'met' },
    { samples: [4, 6, 6], goal: atMost(5), verdict: 'missed' },
    { samples: [], goal: atMost(5), verdict: 'not measured' },
    { samples: [Number.NaN], goal: atMost(5), verdict: 'not measured' },
    { samples: [1], goal: null, verdict: 'no goal' },
  ])('$samples against $goal is $verdict, as its median decides', ({ samples, goal, verdict }) => {
    expect(verdictOf({ samples, goal })).toBe(verdict);
  });

  it('is told with its verdict, and nothing is told of a figure without a goal', () => {
    expect(goalText(figure('x', 'X', 'µs', [3], atMost(5)))).toBe('at most 5: met');
    expect(goalText(figure('x', 'X', 'µs', [3]))).toBe('');
  });

  it('counts no sample that is not a number: a ratio to nothing passes no goal', () => {
    const ratio = figure('x', 'X', '', [Number.POSITIVE_INFINITY, Number.NaN], atLeast(1));
    expect(ratio.samples).toEqual([]);
    expect(verdictOf(ratio)).toBe('not measured');
  });

  it('that could not be measured does not pass', () => {
    expect(goalText(missingFigure('x', 'X', 'not installed', atMost(5)))).toBe('at most 5: not measured');
  });
});

describe('a figure as text', () => {
  it('is its median, unit and range', () => {
    expect(valueText(figure('x', 'X', 'req/s', [159_512.4, 153_496, 161_733]))).toBe(
      '159,512 req/s (153,496 to 161,733)',
    );
  });

  it('has no range where all rounds agree, nor a unit where it is a ratio', () => {
    expect(valueText(figure('x', 'X', 'requests', [0, 0]))).toBe('0 requests');
    expect(valueText(figure('x', 'X', '', [1]))).toBe('1');
  });

  it('says why there is none', () => {
    expect(valueText(missingFigure('x', 'X', 'not installed'))).toBe('not installed');
    expect(valueText(figure('x', 'X', 'µs', []))).toBe('not measured');
  });

  it('has the digits that its size needs', () => {
    expect([0.0123, 1.0004, 12.34, 123.4, 1_234_567].map(formatValue)).toEqual([
      '0.012',
      '1',
      '12.3',
      '123',
      '1,234,567',
    ]);
  });
});
