import { describe, expect, it } from 'vitest';
import {
  estimateOf,
  formatMetric,
  formatReliability,
  formatSpread,
  spreadOf,
  marksText,
  superscript,
} from '../../harness/reporters/figures.ts';
import { none, value } from './fixtures.ts';

describe('a spread', () => {
  it('is half the range over rounds relative to the figure', () => {
    expect(spreadOf(value([90, 100, 120]))).toBeCloseTo(0.15, 10);
  });

  it('needs two rounds, a figure, and a figure that is not zero', () => {
    expect(spreadOf(value([100]))).toBeNull();
    expect(spreadOf(none('unknown'))).toBeNull();
    expect(spreadOf(value([0, 0]))).toBeNull();
    expect(spreadOf(value([Number.NaN, 1]))).toBeNull();
  });

  it('is never understated by rounding', () => {
    expect(formatSpread(0.0301)).toBe('±3.1 %');
    expect(formatSpread(0.03)).toBe('±3.0 %');
    expect(formatSpread(0.121)).toBe('±13 %');
    expect(formatSpread(0)).toBe('±0.0 %');
    expect(formatSpread(9.99)).toBe('±999 %');
    expect(formatSpread(1e300)).toBe('±>999 %');
  });
});

describe('reliability', () => {
  it.each([
    [1, '100 %'],
    [0.999_999_99, '99.999 %'],
    [0.9998, '99.980 %'],
    [0.995, '99.500 %'],
    [0, '0.000 %'],
  ])('shows %f as %s', (share, text) => {
    expect(formatReliability(share)).toBe(text);
  });
});

describe('figures', () => {
  it('carry the unit of their metric', () => {
    expect(formatMetric('throughputRps', 84_113.4)).toBe('84,113');
    expect(formatMetric('bandwidthBytesPerSec', 6.8e9)).toBe('6.80 GB/s');
    expect(formatMetric('latencyP99Us', 1_220)).toBe('1.22 ms');
    expect(formatMetric('cpuPercent', 98.71)).toBe('98.7 %');
    expect(formatMetric('memoryRssPeakBytes', 96 * 2 ** 20)).toBe('96.0 MiB');
  });

  it('are absent where the number is not one', () => {
    expect(estimateOf(value([Number.NaN]))).toBeNull();
    expect(estimateOf(none('unknown'))).toBeNull();
    expect(estimateOf(undefined)).toBeNull();
    expect(estimateOf(value([0]))).toBe(0);
    expect(estimateOf(value([-1]))).toBeNull();
    expect(estimateOf(value([Infinity]))).toBeNull();
  });

  it('are marked with raised digits', () => {
    expect(superscript(12)).toBe('¹²');
    expect(marksText([2, 1, 2])).toBe('¹·²');
    expect(marksText([])).toBe('');
  });
});
