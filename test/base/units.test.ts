import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatBytesPerSec,
  formatMs,
  formatNumber,
  formatShare,
  formatUs,
  parseBytes,
  parseDurationMs,
} from '../../harness/base/units.ts';

describe('a duration', () => {
  it.each([
    ['500ms', 500],
    ['10s', 10_000],
    ['1.5m', 90_000],
    ['2h', 7_200_000],
    ['0s', 0],
  ])('%s is read as %d ms', (text, ms) => {
    expect(parseDurationMs(text)).toBe(ms);
  });

  it.each(['10', '', 's', '-1s', '1e9h', 'NaNs', 'Infinityms', '1 s', '10S', '1.s', '0x10s', '99999999999s'])(
    'B13: "%s" is none',
    (text) => {
      expect(parseDurationMs(text)).toBeNull();
    },
  );

  it('is read back from how progress lines write it, for whole milliseconds below a second', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 999 }), (ms) => parseDurationMs(formatMs(ms)) === ms));
  });
});

describe('a size', () => {
  it.each([
    ['512MiB', 536_870_912],
    ['64 kB', 64_000],
    ['1.5KiB', 1_536],
    ['7b', 7],
  ])('%s is read as %d bytes', (text, bytes) => {
    expect(parseBytes(text)).toBe(bytes);
  });

  it.each(['', '12', 'MiB', '-1kB', '1 PiB'])('"%s" is none', (text) => {
    expect(parseBytes(text)).toBeNull();
  });
});

describe('figures are written with the digits that a reader can use', () => {
  it.each([
    [84_112.6, '84,113'],
    [999.5, '1,000'],
    [97.42, '97.4'],
    [4.213, '4.21'],
    [0, '0.00'],
    [312.4, '312'],
    [-1_234, '-1,234'],
    [Number.NaN, 'n/a'],
    [Number.POSITIVE_INFINITY, 'n/a'],
  ])('%d as %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  it.each([
    [85, '85.0 µs'],
    [1_220, '1.22 ms'],
    [2_500_000, '2.50 s'],
    [999.6, '1.00 ms'],
  ])('%d µs as %s', (us, text) => {
    expect(formatUs(us)).toBe(text);
  });

  it.each([
    [512, '512 B'],
    [1_024, '1.00 KiB'],
    [100_900_000, '96.2 MiB'],
    [2 ** 31, '2.00 GiB'],
  ])('%d bytes as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it.each([
    [1_200, '1.20 kB/s'],
    [310e6, '310 MB/s'],
    [6.8e9, '6.80 GB/s'],
  ])('%d bytes a second as %s', (rate, text) => {
    expect(formatBytesPerSec(rate)).toBe(text);
  });

  it.each([
    [850, '850ms'],
    [12_500, '12.5s'],
    [185_000, '3m 05s'],
  ])('%d ms as %s', (ms, text) => {
    expect(formatMs(ms)).toBe(text);
  });

  it('shares as percent', () => {
    expect(formatShare(0.9998)).toBe('99.98 %');
    expect(formatShare(0.5, 0)).toBe('50 %');
  });
});
